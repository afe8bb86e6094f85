"use strict";
// What `resolve` of cdktf gives, for plain values and for references in their own stack without its detours: it makes
// two contexts and a path for each value of each resource, three times a synth, to find that nothing is to be replaced,
// and ten for each reference. A fourth of Node's time.
const { extractTokenDouble } = require("cdktf/lib/tokens/private/encoding");
const { Token } = require("cdktf/lib/tokens/token");
const { TokenMap } = require("cdktf/lib/tokens/private/token-map");
const { DefaultTokenResolver, StringConcat } = require("cdktf/lib/tokens/resolvable");
const { TerraformStack } = require("cdktf/lib/terraform-stack");
const { ref, dependable } = require("cdktf/lib/tfExpression");
const private_ = require("cdktf/lib/tokens/private/resolve");

const stock = private_.resolve;
for (const [name, found] of [
  ["extractTokenDouble", extractTokenDouble],
  ["resolve", stock],
  ["ref", ref],
  ["dependable", dependable],
]) {
  if (typeof found !== "function") throw new Error(`cdktf has no ${name}`);
}

const DEEPEST = 200; // beyond it cdktf speaks of a circle
const NUMBER = /[-|\d.+]+e[-|\d.eE+]+/g; // cdktf's NUMBER_TOKEN_REGEX: numbers that stand for something
const ODD = new Set([Token.STRING_MAP_TOKEN_VALUE, Token.ANY_MAP_TOKEN_VALUE]);
const KEPT = 10000;
const known = new Set();

// Whether cdktf would give the text back as it is.
function plain(text) {
  if (text.includes("TfToken[") || ODD.has(text)) return false;
  for (const [number] of text.matchAll(NUMBER)) {
    if (extractTokenDouble(parseFloat(number), false) !== undefined) return false;
  }
  return true;
}

// Keys are few, and come again and again.
function plainKey(key) {
  if (known.has(key)) return true;
  if (!plain(key)) return false;
  if (known.size < KEPT) known.add(key);
  return true;
}

// References in a text or alone in a list, as Token.asString and Token.asList write them.
const REFERENCES = /\$\{TfToken\[([a-zA-Z0-9:._-]+)\]\}/g;
const ALONE = /^\$\{TfToken\[([a-zA-Z0-9:._-]+)\]\}$/;
const LIST = /^#\{TfToken\[([a-zA-Z0-9:._-]+)\]\}$/;
const EXPRESSION = /\$\{(?!TfToken\[)/; // in which references lose their braces
const tokens = TokenMap.instance().stringTokenMap;
const Reference = ref("x").constructor;
const Dependable = classOf(dependable({ fqn: "x" }));

// Of the token in this text; as if that had never been made, for errors speak of tokens by their number.
function classOf(text) {
  const [, key] = ALONE.exec(text);
  const token = tokens.get(key);
  tokens.delete(key);
  TokenMap.instance().tokenCounter -= 1;
  return token.constructor;
}

// What the token says in its own stack, when it only names something there.
function named(key, stack) {
  let token = tokens.get(key);
  const bare = token?.constructor === Dependable;
  if (bare) token = tokens.get(ALONE.exec(nameOf(token.dependable))?.[1]);
  if (token?.constructor !== Reference || (token.originStack && token.originStack !== stack)) return undefined;
  const { identifier, crossStackIdentifier } = token;
  if (typeof identifier !== "string" || !plainKey(identifier) || stack.toString() in crossStackIdentifier) return undefined;
  return bare ? identifier : `\${${identifier}}`;
}

function nameOf(it) {
  try {
    return it.fqn;
  } catch {
    return undefined; // cdktf says what it was in the middle of
  }
}

// The text with all its references resolved, when it has no others than such.
function referring(text, stack) {
  if (EXPRESSION.test(text) || text.includes("#{TfToken[")) return undefined;
  const found = text.replace(REFERENCES, (token, key) => named(key, stack) ?? token);
  return plain(found) ? found : undefined;
}

exports.resolve = private_.resolve = function (value, options) {
  // Where cdktf itself is in the middle of something, or a path is wanted.
  if (options.prefix !== undefined || options.previousContext !== undefined) return stock(value, options);
  const { resolver, scope } = options;
  const plainly = resolver.constructor === DefaultTokenResolver && resolver.concat.constructor === StringConcat;
  const stack = plainly && TerraformStack.isStack(scope) ? scope : undefined;
  const path = [];
  const leave = (it) => stock(it, path.length ? { ...options, prefix: path.map(String) } : options);

  function walk(it) {
    switch (typeof it) {
      case "string":
        return plain(it) ? it : (stack && referring(it, stack)) || leave(it);
      case "number":
        return it >= 0 ? it : leave(it); // those that stand for something are below zero
      case "boolean":
      case "undefined":
        return it;
      case "object":
        if (it === null) return null;
        if (path.length > DEEPEST) return leave(it);
        return Array.isArray(it) ? list(it) : object(it);
      default:
        return leave(it);
    }
  }

  function list(them) {
    const alone = stack && them.length === 1 && typeof them[0] === "string" && LIST.exec(them[0]);
    const found = alone ? named(alone[1], stack) : undefined;
    if (found !== undefined) return found;
    for (const each of them) {
      if (typeof each === "string" ? each.includes("#{TfToken[") : typeof each === "number" && !(each >= 0)) {
        return leave(them); // may stand for a whole list
      }
    }
    const result = [];
    for (let index = 0; index < them.length; index++) {
      path.push(index);
      const found = walk(them[index]);
      path.pop();
      if (found !== undefined) result.push(found);
    }
    return result;
  }

  function object(it) {
    if (it instanceof Date) return it;
    // A token, a construct: by what cdktf knows them.
    if (typeof it.resolve === "function" || it._children !== undefined) return leave(it);
    const keys = Object.keys(it);
    if (!keys.every(plainKey)) return leave(it);
    const result = {};
    for (const key of keys) {
      path.push(key);
      const found = walk(it[key]);
      path.pop();
      if (found !== undefined) result[key] = found;
    }
    return result;
  }

  return walk(value);
};
