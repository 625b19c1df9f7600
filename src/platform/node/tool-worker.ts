// Runs inside a worker thread: the tools are WebAssembly and block their thread while they work.

import { ToolError } from "../../base/index.ts";
import type { ToolFiles, ToolResult } from "../index.ts";
import { serveWorker } from "./worker.ts";

/** A request to this worker. */
export interface ToolRequest {
  readonly tool: "yosys" | "nextpnr-ice40" | "icepack";
  readonly args: readonly string[];
  readonly files: ToolFiles;
}

const packages = {
  yosys: "@yowasp/yosys",
  "nextpnr-ice40": "@yowasp/nextpnr-ice40",
  icepack: "@yowasp/nextpnr-ice40",
} as const;

/** As much of the packages' interface as is used; their own types are not installed with an optional package. */
type Command = (
  args: readonly string[],
  files: Record<string, unknown>,
  options: Record<string, unknown>,
) => Promise<Record<string, unknown> | undefined>;

interface ToolModule {
  readonly commands: Readonly<Record<string, Command>>;
  readonly version: string;
}

serveWorker((message) => runTool(message as ToolRequest));

// ---------------------------------------------------------------------------------------------------------------------

async function runTool({ tool, args, files }: ToolRequest): Promise<ToolResult> {
  const module = await loadTool(tool);
  const command = module.commands[tool];
  if (command === undefined) {
    throw new ToolError("tool/missing", `${packages[tool]} has no ${tool}`, { command: tool });
  }
  const decoder = new TextDecoder();
  let log = "";
  const sink = (bytes: Uint8Array | null): void => {
    if (bytes !== null) log += decoder.decode(bytes, { stream: true });
  };
  const options = { stdout: sink, stderr: sink, decodeASCII: false, fetchProgress: () => undefined };
  const version = `${tool} ${module.version}`;
  try {
    const produced = await command([...args], { ...files }, options);
    return { status: 0, files: flatFiles(produced), log: plainText(log), version };
  } catch (error) {
    if (!isExit(error)) {
      const message = error instanceof Error ? error.message : String(error);
      throw new ToolError("tool/failed", `${tool} broke off: ${message}`, {
        command: tool,
        output: plainText(log).slice(-4000),
        exit: "bug",
      });
    }
    return { status: error.code, files: flatFiles(error.files), log: plainText(log), version };
  }
}

async function loadTool(tool: ToolRequest["tool"]): Promise<ToolModule> {
  try {
    return (await import(packages[tool])) as ToolModule;
  } catch (cause) {
    throw new ToolError("tool/missing", `${tool}: the package ${packages[tool]} is not installed`, {
      command: tool,
      cause,
      hint: `npm install ${packages[tool]}`,
    });
  }
}

function isExit(error: unknown): error is { readonly code: number; readonly files: Record<string, unknown> } {
  return typeof error === "object" && error !== null && "code" in error && "files" in error;
}

function flatFiles(tree: Record<string, unknown> | undefined): ToolFiles {
  const files: Record<string, string | Uint8Array> = {};
  for (const [name, content] of Object.entries(tree ?? {})) {
    if (typeof content === "string" || content instanceof Uint8Array) files[name] = content;
  }
  return files;
}

/** Without colors and download counters. */
function plainText(log: string): string {
  // oxlint-disable-next-line no-control-regex -- the escape character is what is removed
  return log.replaceAll(/\u001B\[[0-9;]*m/g, "").replaceAll(/^.*fetched \d+%.*\r?\n?/gm, "");
}
