export * from "./backend.ts";
/** The kernel language, for kernels that other districts write. */
export * as kernel from "./kernel/language.ts";
export { printModule } from "./kernel/print-wasm.ts";
export { referenceBackend } from "./reference/reference.ts";
export { surrogateDerivative } from "./surrogate.ts";
export { wasmBackend } from "./wasm/wasm.ts";
