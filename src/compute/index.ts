export * from "./backend.ts";
export {
  momentNames,
  updateArray,
  type Adam,
  type Optimizer,
  type RmsProp,
  type Sgd,
  type UpdateStep,
} from "./optimizer.ts";
/** The kernel language, for kernels that other districts write. */
export * as kernel from "./kernel/index.ts";
export { printModule } from "./kernel/print-wasm.ts";
export { referenceBackend, runReference, type ReferenceRun } from "./reference/reference.ts";
export {
  checkSurrogate,
  surrogateDerivative,
  surrogateExpression,
  surrogateOf,
  surrogateSupport,
} from "./surrogate.ts";
export { refusedSurrogates, surrogateDefinitions, type SurrogateName } from "./surrogates/index.ts";
export { wasmBackend, wasmBackendOn } from "./wasm/wasm.ts";
