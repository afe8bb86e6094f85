"use strict";
// What a stack says in Terraform, as cdktf's own methods say it, with what they work out a second and a third time kept
// from the first: each element is asked when stacks are prepared, and again when they are written; the whole of it,
// in which no token is left, is resolved once more. Two fifths of `App.synth`.
const { TerraformStack } = require("cdktf/lib/terraform-stack");
const { TerraformElement } = require("cdktf/lib/terraform-element");
const { TerraformOutput } = require("cdktf/lib/terraform-output");
const { App } = require("cdktf/lib/app");
const { resolve } = require("cdktf/lib/_tokens");
const { Tokenization } = require("cdktf/lib/tokens/token");
const util = require("cdktf/lib/util");

const own = TerraformStack.prototype;
for (const [name, found] of [
  ["prepareStack", own.prepareStack],
  ["toTerraform", own.toTerraform],
  ["crossStackReference", App.prototype.crossStackReference],
  ["resolve", resolve],
  ["deepMerge", util.deepMerge],
  ["snakeCase", util.snakeCase],
  ["keysToSnakeCase", util.keysToSnakeCase],
]) {
  if (typeof found !== "function") throw new Error(`cdktf has no ${name}`);
}

// Whoever may change an element between the two: Python that is called back, and a reference between stacks.
const said = () => globalThis[Symbol.for("tanada.said")]();
let references = 0;
const refer = App.prototype.crossStackReference;
App.prototype.crossStackReference = function (...them) {
  references += 1;
  return refer.apply(this, them);
};
const now = () => `${said()} ${references}`;

const kept = new WeakMap(); // by element: what it was when its stack was prepared, and when that was

own.prepareStack = function () {
  this.ensureBackendExists();
  for (const element of elementsOf(this)) {
    const at = now(); // before: what asks Python meanwhile may say something else the next time
    kept.set(element, { found: resolve(this, element.toTerraform(), true), at });
  }
};

own.toTerraform = function () {
  const overridden = Object.keys(this.rawOverrides);
  const elements = elementsOf(this);
  const metadata = {
    version: this.cdktfVersion,
    stackName: this.node.id,
    backend: "local", // the backend's own element says which
    cloud: undefined,
    ...(overridden.length > 0 ? { overrides: { stack: overridden } } : {}),
  };
  const outputs = {};
  const found = { "//": { metadata, outputs } };
  for (const element of elements) util.deepMerge(metadata, resolve(this, element.toMetadata()));
  for (const element of elements) {
    if (TerraformOutput.isTerraformOutput(element)) util.deepMerge(outputs, placed(element));
  }
  for (const element of elements) {
    const known = kept.get(element);
    util.deepMerge(found, known?.at === now() ? known.found : resolve(this, element.toTerraform()));
  }
  return overridden.length > 0 ? resolve(this, util.deepMerge(found, this.rawOverrides)) : found;
};

// Its name below the parts of its path.
function placed(output) {
  return output.node.path.split("/").reduceRight((below, part) => ({ [part]: below }), output.friendlyUniqueId);
}

function elementsOf(node, into = []) {
  if (TerraformElement.isTerraformElement(node)) into.push(node);
  for (const child of node.node.children) {
    if (!TerraformStack.isStack(child)) elementsOf(child, into);
  }
  return into;
}

// As cdktf's own, but each word is turned once: they are few, and come again and again.
const snakes = new Map();
const AS_THEY_ARE = new Set(["tags", "environment"]);
util.keysToSnakeCase = function keysToSnakeCase(value) {
  const turned = (it) => (typeof it === "object" ? keysToSnakeCase(it) : it);
  if (Tokenization.isResolvable(value)) return value;
  if (Array.isArray(value)) return value.map(turned);
  const result = {};
  for (const key of Object.keys(value)) {
    if (AS_THEY_ARE.has(key)) {
      result[key] = value[key];
      continue;
    }
    let snake = snakes.get(key);
    if (snake === undefined) snakes.set(key, (snake = util.snakeCase(key)));
    const found = turned(value[key]);
    result[snake] = Array.isArray(found) ? found.map(turned) : found;
  }
  return result;
};
