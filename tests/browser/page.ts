// What the test page runs: one training step, asked for on one thread and on two, and a report to the server.
import { browserThreads } from "../../src/platform/browser/index.ts";
import { trainOnce } from "./train-once.ts";

let report: unknown;
try {
  const [alone, shared] = [await trainOnce(browserThreads, 1), await trainOnce(browserThreads, 2)];
  report = { alone, shared, canShare: typeof SharedArrayBuffer !== "undefined" };
} catch (error) {
  report = { error: String(error) };
}
await fetch("/report", { method: "POST", body: JSON.stringify(report) });
