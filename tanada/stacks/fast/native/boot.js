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
// V8 asks for less: not for the processor.
const MAKER = `${process.version} ${process.platform} ${process.arch}\n`;
let script;
let modules = {};
globalThis[Symbol.for("tanada.code")] = false;

function ours(content) {
  return content.toString("latin1", 0, MAKER.length) === MAKER ? content.subarray(MAKER.length) : undefined;
}

// The kernel's folder has another name each time.
function named(file) {
  return file === program ? "program" : /jsii-kernel-[^\\/]+[\\/]node_modules[\\/](.*)$/.exec(file)?.[1];
}

if (source) {
  const cachedData = code ? ours(read(code)) : undefined;
  script = new vm.Script(read(source).toString(), { filename: "tanada", cachedData });
  globalThis[Symbol.for("tanada.code")] = cachedData !== undefined && !script.cachedDataRejected;
  modules = script.runInThisContext();
}

const plain = Module._extensions[".js"];
Module._extensions[".js"] = function (module, file) {
  const name = named(file);
  const made = name && modules[name];
  if (!made) {
    if (name) seen.set(name, file);
    return plain(module, file);
  }
  const require = (id) => module.require(id);
  require.resolve = (id, options) => Module._resolveFilename(id, module, false, options);
  require.cache = Module._cache;
  require.main = process.mainModule;
  return made.call(module.exports, module.exports, require, module, file, path.dirname(file));
};

// First the source is remembered, then, when that was run once, the code: only functions that ran are in it.
globalThis[Symbol.for("tanada.remember")] = (file) => {
  if (script) return fs.writeFileSync(file, Buffer.concat([Buffer.from(MAKER), script.createCachedData()]));
  const parts = [...seen].map(([name, from]) => {
    const text = fs.readFileSync(from, "utf-8").replace(/^#!.*/, "").replace(/\n\/\/# sourceMappingURL=.*/, "");
    return `${JSON.stringify(name)}:function(exports,require,module,__filename,__dirname){${text}\n}`;
  });
  return fs.writeFileSync(file, `({${parts.join(",\n")}})`);
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

fs.writeSync = function (descriptor, buffer, offset, ...others) {
  if (descriptor !== SOCKET) return writeSync(descriptor, buffer, offset, ...others);
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
