export * from "./backend.ts";
export { referenceBackend } from "./reference/reference.ts";
export { surrogateDerivative } from "./surrogate.ts";
export { wasmBackend } from "./wasm/wasm.ts";
