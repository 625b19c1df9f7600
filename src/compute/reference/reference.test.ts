import { testBadInput } from "../conformance-input.ts";
import { referenceBackend } from "./reference.ts";

testBadInput(referenceBackend);
