import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { districts, largeFiles, maxFileLines, nodeImportsAllowed } from "../architecture.ts";

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

const files = globSync("src/**/*.ts").map((file) => file.replaceAll("\\", "/"));
const sources = files.filter((file) => !file.endsWith(".test.ts") && !file.endsWith("conformance.ts"));
const imports = sources.flatMap(importsOf);

test("every folder of src is a district", () => {
  const known = new Set(districts.map(({ name }) => name));
  const strangers = files.filter((file) => !known.has(districtOf(file)) && file !== "src/index.ts");
  assert.deepEqual(strangers, []);
});

test("districts import only what the table lists", () => {
  const broken = imports.filter(({ from, to }) => {
    if (!to.startsWith("src/") || from === "src/index.ts") return false;
    const [here, there] = [districtOf(from), districtOf(to)];
    return here !== there && !districts.find(({ name }) => name === here)?.mayImport.includes(there);
  });
  assert.deepEqual(broken, []);
});

test("inside a district, rooms import only rooms below them", () => {
  const broken = imports.filter(({ from, to }) => {
    if (!to.startsWith("src/") || districtOf(from) !== districtOf(to)) return false;
    const rooms = districts.find(({ name }) => name === districtOf(from))?.rooms;
    if (rooms === undefined || roomOf(from, rooms) === undefined || roomOf(to, rooms) === undefined) return false;
    return rooms.indexOf(roomOf(to, rooms) ?? "") > rooms.indexOf(roomOf(from, rooms) ?? "");
  });
  assert.deepEqual(broken, []);
});

test("across folders, imports go through index.ts", () => {
  const broken = imports.filter(({ from, to }) => {
    if (!to.startsWith("src/") || unitOf(from) === unitOf(to)) return false;
    return path.posix.basename(to) !== "index.ts" && path.posix.basename(from) !== "index.ts";
  });
  assert.deepEqual(broken, []);
});

test("node modules are imported only at the node side", () => {
  const broken = imports.filter(
    ({ from, to }) => to.startsWith("node:") && !nodeImportsAllowed.some((folder) => from.startsWith(folder)),
  );
  assert.deepEqual(broken, []);
});

test("randomness and time come only from base/random and the platform's clock", () => {
  const forbidden = /\b(Math\.random|Date\.now|new Date\(|performance\.now)\b/;
  const broken = sources.filter(
    (file) => !file.startsWith("src/platform/") && forbidden.test(withoutComments(readFileSync(file, "utf8"))),
  );
  assert.deepEqual(broken, []);
});

test("value imports have no cycles", () => {
  assert.deepEqual(findCycle(), []);
});

test("files stay small, or say why not", () => {
  const tooLarge = sources
    .filter((file) => !file.includes(".generated."))
    .map((file) => ({ file, lines: readFileSync(file, "utf8").split("\n").length - 1 }))
    .filter(({ file, lines }) => lines > maxFileLines && !Object.hasOwn(largeFiles, file));
  assert.deepEqual(tooLarge, []);
  const gone = Object.keys(largeFiles).filter((file) => !files.includes(file));
  assert.deepEqual(gone, [], "largeFiles names files that do not exist");
});

test("ARCHITECTURE.md prints the table", () => {
  const text = readFileSync("ARCHITECTURE.md", "utf8");
  for (const { name, purpose } of districts) assert.ok(text.includes(`| ${name} | ${purpose} |`), name);
});

// ---------------------------------------------------------------------------------------------------------------------

function importsOf(file: string): Import[] {
  const text = withoutComments(readFileSync(file, "utf8"));
  const found: Import[] = [];
  const pattern = /\b(?:import|export)\s+(type\s+)?(?:[\w*{}\s,$]+?\s+from\s+)?"([^"]+)"/g;
  for (const match of text.matchAll(pattern)) {
    const target = match[2] ?? "";
    const to = target.startsWith(".") ? path.posix.join(path.posix.dirname(file), target) : target;
    found.push({ from: file, to, typeOnly: match[1] !== undefined });
  }
  return found;
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/^\s*\/\/.*$/gm, "");
}

function districtOf(file: string): string {
  return file.split("/")[1] ?? "";
}

function roomOf(file: string, rooms: readonly string[]): string | undefined {
  const second = file.split("/").length > 3 ? file.split("/")[2] : "";
  return second !== undefined && rooms.includes(second) ? second : undefined;
}

/** What counts as one folder with a door: a room where the district has rooms, else the district. */
function unitOf(file: string): string {
  const district = districtOf(file);
  const rooms = districts.find(({ name }) => name === district)?.rooms;
  return rooms === undefined ? district : `${district}/${roomOf(file, rooms) ?? ""}`;
}

function findCycle(): string[] {
  const graph = new Map<string, string[]>();
  for (const { from, to, typeOnly } of imports) {
    if (!typeOnly && to.startsWith("src/")) graph.set(from, [...(graph.get(from) ?? []), to]);
  }
  const state = new Map<string, "open" | "done">();
  const trail: string[] = [];
  const visit = (file: string): string[] => {
    if (state.get(file) === "done") return [];
    if (state.get(file) === "open") return [...trail.slice(trail.indexOf(file)), file];
    state.set(file, "open");
    trail.push(file);
    for (const next of graph.get(file) ?? []) {
      const cycle = visit(next);
      if (cycle.length > 0) return cycle;
    }
    trail.pop();
    state.set(file, "done");
    return [];
  };
  for (const file of sources) {
    const cycle = visit(file);
    if (cycle.length > 0) return cycle;
  }
  return [];
}
