// Puts real output into README.md: `node scripts/readme.ts demo.log bench.log` replaces the two fenced blocks.
import { readFileSync, writeFileSync } from "node:fs";

const [demo = "", bench = ""] = process.argv.slice(2).map((file) => readFileSync(file, "utf8").trimEnd());
let block = 0;
const text = readFileSync("README.md", "utf8").replaceAll(
  /```\n[\s\S]*?\n```/g,
  () => `\`\`\`\n${block++ === 0 ? demo : bench}\n\`\`\``,
);
writeFileSync("README.md", text);
