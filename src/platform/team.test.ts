import assert from "node:assert/strict";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { controlWords, leadTeam, stopTeam, teamFailed, type KernelFunction, type Phase } from "./team.ts";

/** A helper whose kernel counts visits of units, and breaks down at unit 13 of kernel 1. */
const helperSource = `
  import { parentPort, workerData } from "node:worker_threads";
  const { serveTeam } = await import(workerData.team);
  const count = (from, to) => { for (let unit = from; unit < to; unit++) Atomics.add(workerData.visits, unit, 1); };
  const fail = (from, to) => { if (from <= 13 && 13 < to) throw new Error("unit 13"); };
  parentPort.postMessage("ready");
  serveTeam(workerData.control, [count, fail], workerData.thread);
`;

async function team(helperCount: number, visits: Int32Array, run: (control: Int32Array) => void): Promise<void> {
  const control = new Int32Array(new SharedArrayBuffer(4 * controlWords));
  const url = new URL(`data:text/javascript,${encodeURIComponent(helperSource)}`);
  const helpers = Array.from({ length: helperCount }, (_, i) => {
    const workerData = { control, visits, thread: i + 1, team: new URL("team.ts", import.meta.url).href };
    return new Worker(url, { workerData });
  });
  const errors = helpers.map((helper) => new Promise((resolve) => helper.on("error", resolve)));
  try {
    await Promise.all(helpers.map((helper) => new Promise((resolve) => helper.once("message", resolve))));
    run(control);
    if (teamFailed(control)) await Promise.race(errors);
  } finally {
    stopTeam(control);
    await Promise.all(helpers.map((helper) => helper.terminate()));
  }
}

test("every unit of every phase runs once, and phases keep their order", async () => {
  const visits = new Int32Array(new SharedArrayBuffer(4 * 1000));
  const count: KernelFunction = (from, to) => {
    for (let unit = from; unit < to; unit++) Atomics.add(visits, unit, 1);
  };
  const unitCounts = [1, 2, 7, 100, 1000, 0, 3];
  const rounds = 300;
  await team(2, visits, (control) => {
    for (let round = 1; round <= rounds; round++) {
      const phases = unitCounts.map((units): Phase => ({ kernel: 0, units, a: 0, b: 0 }));
      leadTeam(control, [count], 3, phases);
      assert.equal(visits[0], 6 * round);
    }
  });
  const expected = visits.map((_, unit) => rounds * unitCounts.filter((units) => unit < units).length);
  assert.deepEqual(visits, expected);
});

test("a helper that breaks down is noticed, and nobody waits for it", async () => {
  const visits = new Int32Array(new SharedArrayBuffer(4 * 1000));
  const wait: KernelFunction = (from) => {
    // The caller is slow, so that helpers take the rest.
    const until = performance.now() + (from === 0 ? 300 : 0);
    while (performance.now() < until) continue;
  };
  await team(1, visits, (control) => {
    leadTeam(control, [wait, wait], 2, [{ kernel: 1, units: 14, a: 0, b: 0 }]);
    assert.ok(teamFailed(control));
  });
});
