import { testExtras } from "../extras-conformance.ts";
import { wasmBackend } from "./wasm.ts";

testExtras(wasmBackend);
