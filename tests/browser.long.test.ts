// The engine in a browser: TypeScript-built modules, nothing of Node in them, the same kernels and the same numbers.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { nodePlatform } from "../src/platform/node/index.ts";
import { trainOnce, type TrainingHashes } from "./browser/train-once.ts";

interface Report {
  readonly alone: TrainingHashes;
  readonly shared: TrainingHashes;
  readonly canShare: boolean;
}

const chromium = await nodePlatform.processes.find("chromium");
const skip = chromium === undefined ? "no chromium on this machine" : false;
const root = path.resolve(import.meta.dirname, "..");
let folder = "";
let expected: TrainingHashes;

before(async () => {
  if (skip !== false) return;
  folder = mkdtempSync(path.join(tmpdir(), "lacuna-browser-"));
  expected = await trainOnce(nodePlatform.threads, 1);
  const config = {
    extends: path.join(root, "tsconfig.json"),
    compilerOptions: {
      noEmit: false,
      declaration: false,
      isolatedDeclarations: false,
      rewriteRelativeImportExtensions: true,
      rootDir: root,
      outDir: path.join(folder, "built"),
      typeRoots: [path.join(root, "node_modules/@types")],
    },
    include: [],
    files: ["tests/browser/page.ts", "src/platform/browser/team-thread.ts"].map((file) => path.join(root, file)),
  };
  writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify(config));
  execFileSync(process.execPath, [path.join(root, "node_modules/typescript/bin/tsc"), "-p", folder]);
});

after(() => {
  if (folder !== "") rmSync(folder, { recursive: true, maxRetries: 5 });
});

for (const mayShare of [true, false]) {
  test(`a page that may ${mayShare ? "" : "not "}share memory computes what Node computes`, { skip }, async () => {
    const report = await reportOfPage(mayShare);
    assert.equal(report.canShare, mayShare);
    for (const { spikes, gradients } of [report.alone, report.shared]) {
      assert.deepEqual({ spikes, gradients }, { spikes: expected.spikes, gradients: expected.gradients });
    }
    // The last module is the network's; those before it belong to the self-check, which may end sooner in a browser.
    assert.equal(report.alone.modules.at(-1), expected.modules.at(-1));
    // The second time only another module is compiled: the one with shared memory.
    assert.equal(report.shared.modules.length, mayShare ? 1 : 0);
  });
}

// ---------------------------------------------------------------------------------------------------------------------

async function reportOfPage(mayShare: boolean): Promise<Report> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const server = createServer((request, response) => {
    if (mayShare) {
      response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
      response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
    }
    if (request.method === "POST") {
      request.toArray().then((chunks) => resolve(Buffer.concat(chunks as Buffer[]).toString()), resolve);
      response.end();
    } else answer(request.url ?? "/", (type, content) => response.setHeader("Content-Type", type).end(content));
  });
  await listen(server);
  const { port } = server.address() as AddressInfo;
  const profile = path.join(folder, `profile-${mayShare}`);
  const options = ["--headless", "--no-sandbox", "--disable-gpu", `--user-data-dir=${profile}`];
  const browser = spawn(chromium ?? "", [...options, `http://localhost:${port}/`], { stdio: "ignore", detached: true });
  try {
    const report = JSON.parse(await promise) as Report & { readonly error?: string };
    assert.equal(report.error, undefined);
    return report;
  } finally {
    const closed = new Promise((done) => browser.once("exit", done));
    // The command is a script: its whole group ends.
    if (browser.pid !== undefined) process.kill(-browser.pid, "SIGKILL");
    await closed;
    server.closeAllConnections();
    server.close();
  }
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, "localhost", resolve));
}

function answer(url: string, send: (type: string, content: string) => void): void {
  if (url === "/") {
    send("text/html", '<!doctype html><script type="module" src="/tests/browser/page.js"></script>');
  } else if (url.endsWith(".js")) {
    const base = url.startsWith("/node_modules/") ? root : path.join(folder, "built");
    const text = readFileSync(path.join(base, path.posix.normalize(url)), "utf8");
    // What a bundler does: workers know no import maps.
    send("text/javascript", text.replaceAll('from "@noble/', 'from "/node_modules/@noble/'));
  } else send("text/plain", "");
}
