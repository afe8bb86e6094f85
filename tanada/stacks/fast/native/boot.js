"use strict";
// Starts jsii's program, with all JavaScript in one file and as the code that V8 made of it: see selection.py.
// node boot.js SOURCE CODE, each a file of derived.py (a hash of 32 bytes, then the content) or empty.
const fs = require("fs");
const path = require("path");
const vm = require("vm");
const Module = require("module");

const [, , source, code] = process.argv;
const read = (file) => fs.readFileSync(file).subarray(32);
const program = path.join(__dirname, "program.js");
const seen = new Map();
const found = {};
// V8 asks for less: not for the processor.
const MAKER = `${process.version} ${process.platform} ${process.arch}\n`;
let script;
let modules = {};
let resolved = {};
globalThis[Symbol.for("tanada.code")] = false;

function ours(content) {
  return content.toString("latin1", 0, MAKER.length) === MAKER ? content.subarray(MAKER.length) : undefined;
}

// The kernel's folder has another name each time.
let packages = "";
// By file, what it asks for and uses only where it is a program of its own: a tenth of loading.
const UNUSED = { "cdktf/lib/private/fs.js": "archiver" };
function named(file) {
  if (file === program) return "program";
  const [, folder, name] = /^(.*jsii-kernel-[^\\/]+[\\/]node_modules[\\/])(.*)$/.exec(file) ?? [];
  packages = folder ?? packages;
  return name;
}

// By file, what stands in for what it exports: the text of a stack takes it a tenth of `App.synth`.
const INSTEAD = {
  "cdktf/node_modules/json-stable-stringify/index.js": (stock) => (value, options) => {
    const plainly = options?.space === 2 && Object.keys(options).length === 1;
    return (plainly ? written(value, "\n", 0) : undefined) ?? stock(value, options);
  },
};
const DEEPEST = 100; // what is deeper may be a circle
const quoted = new Map(); // keys are few, and come again and again

// JSON as json-stable-stringify writes it; nothing where a value is none of JSON's.
function written(value, line, depth) {
  if (typeof value !== "object" || value === null) return typeof value === "bigint" ? undefined : JSON.stringify(value);
  if (depth > DEEPEST || typeof value.toJSON === "function") return undefined;
  const inner = `${line}  `;
  let all = "";
  if (Array.isArray(value)) {
    for (const each of value) {
      const text = written(each, inner, depth + 1);
      if (text === undefined) return undefined;
      all += all ? `,${inner}${text}` : inner + text;
    }
    return `[${all}${line}]`;
  }
  for (const key of Object.keys(value).sort()) {
    if (value[key] === undefined) continue;
    const text = written(value[key], inner, depth + 1);
    if (text === undefined) return undefined;
    let name = quoted.get(key);
    if (name === undefined) quoted.set(key, (name = `${JSON.stringify(key)}: `));
    all += all ? `,${inner}${name}${text}` : inner + name + text;
  }
  return `{${all}${line}}`;
}

if (source) {
  const cachedData = code ? ours(read(code)) : undefined;
  // A byte a character: a third of the time of UTF-8, and half of V8's memory.
  script = new vm.Script(read(source).toString("latin1"), { filename: "tanada", cachedData });
  globalThis[Symbol.for("tanada.code")] = cachedData !== undefined && !script.cachedDataRejected;
  ({ modules, resolved } = script.runInThisContext());
}

const plain = Module._extensions[".js"];
Module._extensions[".js"] = function (module, file) {
  const name = named(file);
  if (name && modules[name]) return run(module, name, file);
  if (name) seen.set(name, file);
  plain(module, file);
  instead(module, name);
};

function instead(module, name) {
  if (INSTEAD[name]) module.exports = INSTEAD[name](module.exports);
}

function run(module, name, file) {
  const others = resolved[name] ?? {};
  const require = (id) => {
    if (modules[others[id]]) return kept(others[id], module);
    return id === UNUSED[name] ? undefined : elsewhere(module, id);
  };
  require.resolve = (id, options) => Module._resolveFilename(id, module, false, options);
  require.cache = Module._cache;
  require.main = process.mainModule;
  modules[name].call(module.exports, module.exports, require, module, file, path.dirname(file));
  instead(module, name);
}

// What a package asks for was looked up in an earlier run: looking for it in folders is a third of loading.
function kept(name, parent) {
  const file = packages + name;
  const known = Module._cache[file];
  if (known) return known.exports;
  const module = new Module(file, parent);
  module.filename = file;
  Module._cache[file] = module;
  try {
    run(module, name, file);
  } catch (error) {
    delete Module._cache[file];
    throw error;
  }
  module.loaded = true;
  return module.exports;
}

function elsewhere(module, id) {
  if (!module.paths?.length && !Module.isBuiltin(id)) module.paths = Module._nodeModulePaths(path.dirname(module.filename));
  return module.require(id);
}

const lookUp = Module._resolveFilename;
Module._resolveFilename = function (id, parent, ...others) {
  const file = lookUp.call(this, id, parent, ...others);
  const [from, to] = script ? [] : [parent?.filename && named(parent.filename), named(file)];
  if (from && to?.endsWith(".js") && id !== UNUSED[from]) (found[from] ??= {})[id] = to;
  return file;
};

// By package, what jsii knows of its types.
globalThis[Symbol.for("tanada.types")] = [];

// First the source is remembered, then, when that was run once, the code: only functions that ran are in it.
globalThis[Symbol.for("tanada.remember")] = (file) => {
  if (script) return fs.writeFileSync(file, Buffer.concat([Buffer.from(MAKER), script.createCachedData()]));
  const parts = [...seen].map(([name, from]) => {
    const text = fs.readFileSync(from, "utf-8").replace(/^#!.*/, "").replace(/\n\/\/# sourceMappingURL=.*/, "");
    return `${JSON.stringify(name)}:function(exports,require,module,__filename,__dirname){${text}\n}`;
  });
  const all = `({modules:{${parts.join(",\n")}},\nresolved:${JSON.stringify(found)}})`;
  // What is not in Latin-1 stands in texts, patterns and comments alone.
  const escaped = (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return fs.writeFileSync(file, all.replace(/[^\0-\xff]/g, escaped), "latin1");
};

// jsii writes each answer by itself. They go together, when Node has done all that it was sent and waits for more.
const SOCKET = 3;
const MOST = 1 << 16;
const { readSync, writeSync } = fs;
let answers = [];
let length = 0;

function flush() {
  const all = Buffer.concat(answers);
  answers = [];
  length = 0;
  for (let at = 0; at < all.length; ) {
    try {
      at += writeSync(SOCKET, all, at);
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1); // as jsii does
    }
  }
}

// How often Python was answered, or asked something: in between, nobody but Node has changed anything.
let said = 0;
globalThis[Symbol.for("tanada.said")] = () => said;

fs.writeSync = function (descriptor, buffer, offset, ...others) {
  if (descriptor !== SOCKET) return writeSync(descriptor, buffer, offset, ...others);
  said += 1;
  answers.push(offset ? buffer.subarray(offset) : buffer);
  length += buffer.length - (offset ?? 0);
  if (length > MOST) flush();
  return buffer.length - (offset ?? 0);
};

fs.readSync = function (descriptor, ...others) {
  if (descriptor === SOCKET && length) flush();
  return readSync(descriptor, ...others);
};

process.on("exit", flush);

require(program);
