// The Python process that the peers run in: requests and answers are JSON, one to a line.
import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { ToolError } from "../src/base/index.ts";

/** Names of the peers' ways to run; the first two are the plain ones. */
export type PeerName = "snntorch" | "spikingjelly" | "spikingjelly-inductor";

export interface PeerDescription {
  readonly python: string;
  readonly torch: string;
  /** The version of each, or nothing where it is not on Python's path. */
  readonly peers: Readonly<Record<PeerName, string | null>>;
  /** Why one could not be loaded; null where it was. */
  readonly missing: Readonly<Record<PeerName, string | null>>;
}

/** How to get the peers, in commands. */
export const remedy: string =
  "python3 -m venv .peers && .peers/bin/pip install torch snntorch spikingjelly && npm run bench:peers -- --python .peers/bin/python " +
  "(or --path FOLDER:FOLDER for the peers' sources)";

export class PeerProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #waiting: { readonly resolve: (answer: unknown) => void; readonly reject: (error: Error) => void }[] = [];
  #errors = "";

  /** @param path  Folders in which Python looks for packages, besides its own. */
  constructor(python: string, path?: string) {
    const env = { ...process.env, ...(path === undefined ? {} : { PYTHONPATH: path }) };
    this.#child = spawn(python, [fileURLToPath(new URL("peers/worker.py", import.meta.url))], { env });
    this.#child.stderr?.on("data", (chunk: Buffer) => (this.#errors = (this.#errors + chunk.toString()).slice(-4000)));
    this.#child.on("error", (cause) => this.#fail(`${python} could not be started: ${cause.message}`));
    this.#child.on("exit", (status) => this.#fail(`${python} ended with ${status}: ${this.#errors.trim()}`));
    if (this.#child.stdout === null) return;
    createInterface(this.#child.stdout).on("line", (line) => this.#waiting.shift()?.resolve(JSON.parse(line)));
  }

  /** @throws `peers/failed` with what Python said */
  async request<Answer>(message: unknown): Promise<Answer> {
    const answer = await new Promise<unknown>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#child.stdin?.write(`${JSON.stringify(message)}\n`);
    });
    const { error } = answer as { readonly error?: string };
    if (error !== undefined) throw failure(error);
    return answer as Answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.removeAllListeners("exit");
    this.#child.stdin?.end();
    if (this.#child.exitCode === null) await new Promise((resolve) => this.#child.once("exit", resolve));
  }

  #fail(message: string): void {
    for (const { reject } of this.#waiting.splice(0)) reject(failure(message));
  }
}

// ---------------------------------------------------------------------------------------------------------------------

function failure(message: string): ToolError {
  return new ToolError("peers/failed", message, { command: "python", hint: remedy });
}
