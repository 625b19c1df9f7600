import { spawn } from "node:child_process";
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import path from "node:path";
import { ToolError } from "../../base/index.ts";
import type { ProcessResult, Processes } from "../index.ts";

const outputLimit = 200_000_000;

/** Programs of this machine; arguments are a list, never a shell's line. */
export const nodeProcesses: Processes = { run, find };

// ---------------------------------------------------------------------------------------------------------------------

function run(
  command: string,
  args: readonly string[],
  options: { readonly folder: string; readonly timeoutSeconds: number; readonly signal?: AbortSignal },
): Promise<ProcessResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: options.folder, stdio: ["ignore", "pipe", "pipe"], shell: false });
    const chunks: Buffer[] = [];
    let size = 0;
    let timedOut = false;
    const keep = (chunk: Buffer): void => {
      size += chunk.length;
      if (size <= outputLimit) chunks.push(chunk);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    const stop = (): boolean => child.kill("SIGKILL");
    options.signal?.addEventListener("abort", stop);
    const timer = setTimeout(() => {
      timedOut = true;
      stop();
    }, options.timeoutSeconds * 1000);
    const finish = (): void => {
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", stop);
    };
    child.on("error", (cause) => {
      finish();
      reject(
        new ToolError("tool/missing", `${command}: it could not be started`, {
          command,
          cause,
          hint: `install ${path.basename(command)}, or use the tools that come with Lacuna`,
        }),
      );
    });
    child.on("close", (status) => {
      finish();
      const output = Buffer.concat(chunks).toString("utf8");
      if (options.signal?.aborted === true) return reject(options.signal.reason as Error);
      if (timedOut) {
        const message = `${command}: no end after ${options.timeoutSeconds} s`;
        return reject(
          new ToolError("tool/timeout", message, { command, output: output.slice(-4000), exit: "resources" }),
        );
      }
      resolve({ status: status ?? 1, output });
    });
  });
}

async function find(command: string): Promise<string | undefined> {
  for (const folder of (process.env["PATH"] ?? "").split(path.delimiter)) {
    const candidate = path.join(folder, command);
    const works = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (folder !== "" && works) return candidate;
  }
  return undefined;
}
