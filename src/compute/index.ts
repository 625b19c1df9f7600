export * from "./backend.ts";
export { updateArray, type Optimizer, type UpdateStep } from "./optimizer.ts";
export { referenceBackend } from "./reference/reference.ts";
export { surrogateDerivative } from "./surrogate.ts";
export { createWasmBackend, wasmBackend } from "./wasm/wasm.ts";
