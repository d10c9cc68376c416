import { describe, expect, test } from '@jest/globals';

import { scanScript, type ScriptScan } from '../../../../../client/bundle/packages/scan/scan-script.js';

const scan = (text: string): ScriptScan =>
  scanScript(text, (specifier) => specifier !== 'unknown' && specifier !== 'module');

describe('scanScript', () => {
  test.each([
    ['read(__dirname + "/x")', 'uses __dirname'],
    ['const x = [__filename]', 'uses __filename'],
    ['new URL("./x", import.meta.url)', 'uses import.meta.url'],
    ['const { url } = import.meta', 'uses import.meta'],
    ['import . meta . dirname', 'uses import.meta.dirname'],
    ['require.resolve("./x")', 'uses require.resolve'],
    ['if (require.main === module) run()', 'uses require.main'],
    ['if (!module.parent) run()', 'uses module.parent'],
    ['module?.paths.push("x")', 'uses module.paths'],
    ['module["require"]("x")', 'uses a computed property of module'],
    ['module.require("x")', 'uses module.require'],
    ['load(module)', 'passes module to other code'],
    ['require(name)', 'has a computed require'],
    ['require("./locale/" + name)', 'has a computed require'],
    ['require(`./${name}`)', 'has a computed require'],
    ['await import(name)', 'has a computed import'],
    ['import(/* webpackIgnore: true */ `./plug/${name}.js`)', 'has a computed import'],
    ['const load = require; load("x")', 'passes require to other code'],
    ['const req = eval("require")', 'uses eval'],
    ['process.dlopen(m, "x")', 'uses dlopen'],
    ['process.mainModule', 'uses mainModule'],
    ['new Worker("./w.js")', 'uses Worker'],
    ['new threads.Worker(file)', 'uses Worker'],
    ['import { createRequire } from "node:module"', 'uses createRequire'],
    ['const Module = require("module"); Module._load("x")', "uses Node's module loader"],
    ['new Function("m", "return import(m)")', 'has a string with import() in it'],
    ['(0, eval)("import(\'x\')")', 'has a string with import() in it'],
    ['__non_webpack_require__("x")', 'uses __non_webpack_require__'],
    ['bind("./build/Release/a.node")', 'names the native addon "./build/Release/a.node"'],
    ['site.getFileName()', 'uses getFileName'],
    ['arguments.callee()', 'uses callee'],
    ['mod.require("./x")', 'calls require of another object'],
  ])('The script %s has a reason to be kept as a file', (text, reason) => {
    expect(scan(text).sign).toEqual({ reason, line: 1 });
  });

  test.each([
    'const a = require("a"), { b } = require(`b`); export * from "c"; import "d"; await import("e", {})',
    '// __dirname, require(x)\n/* import.meta.url\n new Worker() */',
    'const text = "__dirname and import.meta.url", more = \'require(x)\', long = `import.meta ${1} __filename`;',
    'const pattern = /["\'`]__dirname/, other = /[/"]require(x)/.test(y) / 2;',
    'if (x) /"/.test(__y); while (z) /`/.exec(w)',
    'const object = { __dirname: 1, require: 2 }; object.__dirname; object.require; node.import(x);',
    'class A { static import(scope, id) { return 1 } require(x) { return 2 } }',
    'if (typeof require === "function" && typeof module === "object" && module) module.exports = 1;',
    'if (import.meta.env?.DEV || import.meta.hot) console.log(1)',
    'freeModule.require && freeModule.require("util").types',
    'const root = Function("return this")(); new Function("a", "return a." + name)',
    '({ ...require("./a"), ...require("./b") })',
    'Array.from("x"); eval_(1); node.eval("x"); a.module.parent; function f(module) { return 1 }',
    'const s = "say import() or require"; const n = 1_000 / 2 / 3; `${`${"}"}`}`',
    '#!/usr/bin/env node\nexports.x = 1;',
    'const x = a++ / 2, y = "__dirname", z = b / 3',
  ])('The script %s has no reason to be kept as a file', (text) => {
    expect(scan(text).sign).toBeUndefined();
  });

  test('A reason after a text of several lines has the right line', () => {
    expect(scan('const a = `\n__dirname ${ "}" }\n`;\n/* " */ read(__dirname);').sign).toEqual({
      reason: 'uses __dirname',
      line: 4,
    });
  });

  test('A script that is not JavaScript is kept as files if its text suggests a reason', () => {
    expect(scan("const x = <p>don't</p>;\nread(__dirname)").sign?.reason).toMatch('__dirname');
  });

  test('A name in a comment is not imported, one in code is, with its line', () => {
    expect([...scan('// require("unknown")\n').unexplained]).toEqual([]);
    expect([...scan('// require("unknown")\nrequire("unknown")').unexplained]).toEqual([['unknown', 2]]);
  });

  test.each([
    ['require(name)', ['']],
    ['require("eslint-plugin-" + name)', ['eslint-plugin-']],
    ['require(`@img/sharp-${name}/x.node`)', ['@img/sharp-']],
    ['require("./x/" + name)', ['./']],
    ['require(__dirname + name)', ['./']],
    ['import.meta.resolve(name)', ['']],
    ['const req = createRequire(x); req("y")', ['']],
    ['const require = createRequire(import.meta.url); require("y")', []],
    ['(function (factory) { factory(require, exports) })', []],
    ['use(require)', ['']],
  ])('The script %s loads names that begin with %j', (text, prefixes) => {
    expect(scan(text).prefixes).toEqual(prefixes);
  });

  test.each([
    ['for (i = 0; i < 3; i++) {}', 'sets i without declaring it'],
    ['for (key in object) {}', 'sets key without declaring it'],
    ['function f() { cache = {}; }', 'sets cache without declaring it'],
    ['with (object) { x }', 'uses with'],
    ['(function () { var root = this; root.x = 1; })();', 'uses this of a plain call as the global object'],
    ['var all = function () { return this }();', 'uses this of a plain call as the global object'],
  ])('The script %s needs sloppy mode, which a bundle does not have', (text, reason) => {
    expect(scan(text).sign).toEqual({ reason, line: 1 });
    expect(scan(`'use strict';\n${text}`).sign).toBeUndefined();
  });

  test.each([
    'var a, b = f(1, 2), { c, d: [e] } = x; a = b = c = e = 1; for (var i in a) i = 2;',
    'function f(a, { b }, ...c) { a = b = c = f = 1; } try {} catch (error) { error = 1 } const g = (h) => { h = 1 }; k => (k = 1)',
    'class A extends mixin(B) { field = 1; static other = 2; m() { this.x = 1 } } A = 1;',
    'module.exports = exports = Promise = console = 1; a.b = 1; ({ c: 1 }); d === 1; e >= 1; f => 1;',
    "if (typeof _ === 'function') _ = _.noConflict();",
    '(function () { function A() { this.x = 1 } return { m() { return this } } })();',
    '(function () { this.x = 1 }).call(global); (function (root) { root.x = 1 })(this);',
    '(function () { return typeof this === "object" ? this : 0 })();',
    'import x from "x"; y = 1;',
  ])('The script %s runs the same in strict mode', (text) => {
    expect(scan(text).sign).toBeUndefined();
  });
});
