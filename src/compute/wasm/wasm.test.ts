import { testBackend } from "../conformance.ts";
import { wasmBackend } from "./wasm.ts";

testBackend(wasmBackend);
