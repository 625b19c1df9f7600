import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { ToolError, UserError } from "../../base/index.ts";
import { nodePlatform } from "./index.ts";

const { files, processes, tools } = nodePlatform;
const root = mkdtempSync(path.join(tmpdir(), "lacuna-platform-"));
after(() => rmSync(root, { recursive: true }));

test("files: errors in the user's words", async () => {
  await assert.rejects(files.read(`${root}/no`), (e: UserError) => e.message === `${root}/no: there is no such file`);
  await assert.rejects(files.read(root), (e: UserError) => e.code === "file/unreadable");
  writeFileSync(`${root}/big`, "12345");
  await assert.rejects(
    files.read(`${root}/big`, { maxBytes: 4 }),
    (e: UserError) => e.message === `${root}/big: expected at most 4 bytes, got 5`,
  );
  assert.deepEqual(await files.list(`${root}/none`), []);
});

test("a full disk: a clear error, the old content stays, nothing half-written remains", async (t) => {
  if (process.platform !== "linux") return t.skip("needs /dev/full");
  await assert.rejects(files.append("/dev/full", "x"), (e: UserError) => {
    assert.deepEqual(
      [e.code, e.exit, e.message],
      ["file/disk-full", "resources", "/dev/full: the disk is full; nothing was replaced"],
    );
    return true;
  });
  return undefined;
});

test("replacing a file survives SIGKILL at every moment: old or new, never torn", async () => {
  const file = `${root}/state`;
  const module = new URL("./index.ts", import.meta.url).href;
  const script = `
    const { nodePlatform } = await import(${JSON.stringify(module)});
    for (let i = 0; ; i++) await nodePlatform.files.write(${JSON.stringify(file)}, String(i % 10).repeat(300000));`;
  for (let round = 0; round < 6; round++) {
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: "ignore" });
    // A slow machine gets the time to write once; then the moment is arbitrary.
    for (let i = 0; i < 1000 && !existsSync(file); i++) await new Promise((resolve) => setTimeout(resolve, 20));
    await new Promise((resolve) => setTimeout(resolve, 150 + 37 * round));
    child.kill("SIGKILL");
    await new Promise((resolve) => child.on("close", resolve));
    const text = readFileSync(file, "utf8");
    assert.equal(text, text.slice(0, 1).repeat(300000));
  }
  assert.ok(readdirSync(root).includes("state"));
});

test("programs: arguments are no shell line, time ends, missing ones are named", async () => {
  const options = { folder: root, timeoutSeconds: 10 };
  const { output } = await processes.run(process.execPath, ["-e", "console.log(process.argv[1])", "$(id); x"], options);
  assert.equal(output.trim(), "$(id); x");
  await assert.rejects(
    processes.run(process.execPath, ["-e", "setTimeout(() => {}, 60000)"], { folder: root, timeoutSeconds: 0.3 }),
    (e: ToolError) => e.code === "tool/timeout",
  );
  await assert.rejects(processes.run("no-such-program", [], options), (e: ToolError) => e.code === "tool/missing");
  assert.equal(await processes.find("no-such-program"), undefined);
});

test("a tool that fails gives its status and its words", async () => {
  const { status, log } = await tools.run("yosys", ["-p", "no_such_command"], {});
  assert.notEqual(status, 0);
  assert.match(log, /no_such_command/);
});
