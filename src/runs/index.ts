export { decodeArtifact, encodeArtifact } from "./artifact.ts";
export { describeChange, flattenKey, type KeyParts } from "./key.ts";
export * from "./run.ts";
