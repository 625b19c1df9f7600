import { testBadInput } from "../input-conformance.ts";
import { referenceBackend } from "./reference.ts";

testBadInput(referenceBackend);
