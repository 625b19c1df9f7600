// Writes the hostile NIR files of the tests: `npm run hostile:nir -- FOLDER`.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { hostileFiles } from "../tests/hostile-nir.ts";

const folder = process.argv[2] ?? "hostile-nir";
mkdirSync(folder, { recursive: true });
const files = await hostileFiles();
files.forEach(({ name, bytes, must }, i) => {
  const plain = name.replaceAll(/[^A-Za-z0-9._-]+/g, "-");
  writeFileSync(path.join(folder, `${String(i).padStart(3, "0")}-${must}-${plain}.nir`), bytes);
});
console.log(`${files.length} files in ${folder}`);
