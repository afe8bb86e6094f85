"use strict";
// What Tanada does inside Node, as a jsii package of its own: see native.py.
const stackTrace = require("cdktf/lib/tokens/private/stack-trace");
const { TokenMap } = require("cdktf/lib/tokens/private/token-map");
const { TerraformStack } = require("cdktf/lib/terraform-stack");
const { TerraformElement } = require("cdktf/lib/terraform-element");
require("./resolve");
require("./synth");

for (const [name, found] of [
  ["captureStackTrace", stackTrace.captureStackTrace],
  ["getLogicalId", TerraformStack.prototype.getLogicalId],
  ["lookupToken", TokenMap.prototype.lookupToken],
]) {
  if (typeof found !== "function") throw new Error(`cdktf has no ${name}`);
}

// Every token records where it was made, with all frames: a quarter of Node's time, and nothing shows it.
stackTrace.captureStackTrace = () => [];

// Stacks whose addresses are made here, without asking Python once a resource.
const native = new WeakMap();
const allocate = TerraformStack.prototype.getLogicalId;
TerraformStack.prototype.getLogicalId = function (element) {
  const rules = native.get(this);
  return rules && TerraformElement.isTerraformElement(element) ? address(rules, element) : allocate.call(this, element);
};

const GIVEN = /(OutputReference|List|Map)$/;
const RTTI = Symbol.for("jsii.rtti");

function address(rules, element) {
  const { path } = element.node;
  const words = path.split("/").slice(1).filter((word) => !rules.layer.test(word));
  const made = words.join("_");
  const key = `${element.constructor[RTTI]?.fqn} ${made}`;
  const first = rules.made.get(key);
  if (first === undefined) rules.made.set(key, path);
  // A doubt is Python's to decide and to put into words.
  if ((first !== undefined && first !== path) || !words.every((word) => rules.word.test(word))) {
    throw new Error(exports.Native.DOUBT);
  }
  return made;
}

exports.Native = class Native {
  // From now on the stack's addresses are made here.
  static address(stack, word, layer) {
    native.set(stack, { word: new RegExp(`^(?:${word})$`), layer: new RegExp(`^(?:${layer})$`), made: new Map() });
  }

  // Read a reference under a name that Python has chosen, so that it need not wait for the answer.
  static reference(object, member, argument, key) {
    const value = argument ? object[member](argument) : object[member];
    const found = /^[$#]\{TfToken\[([^\]]+)\]\}$/.exec(Array.isArray(value) && value.length === 1 ? value[0] : value);
    if (!found) throw new Error(`${member} is no reference`);
    const tokens = TokenMap.instance();
    tokens.stringTokenMap.set(key, tokens.lookupToken(found[1]));
  }

  // Write what makes the next start faster into a file.
  static remember(file) {
    globalThis[Symbol.for("tanada.remember")](file);
  }

  // Whether V8 took the code that it was given: that of another V8 it refuses.
  static code() {
    return globalThis[Symbol.for("tanada.code")];
  }

  // Where jsii's kernel put its packages, to be removed when Node has to be stopped.
  static folder() {
    // And reads the resources' classes and structs, while Python reads the declarations: else each waits for its first
    // construct. Nobody asks for most of what they give.
    const provider = require("@cdktf/provider-aws");
    for (const name of Object.keys(provider)) void provider[name];
    for (const types of globalThis[Symbol.for("tanada.types")]) {
      for (const name of types.fqns()) GIVEN.test(name) || types.get(name);
    }
    return __dirname;
  }
};
exports.Native.DOUBT = "tanada: an address in doubt";
exports.Native[RTTI] = { fqn: "tanada-native.Native", version: "1.0.0" };
