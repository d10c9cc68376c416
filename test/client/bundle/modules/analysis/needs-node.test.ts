import { describe, expect, it } from '@jest/globals';

import { analyzeModule } from '../../../../../client/bundle/modules/analysis/analyze-module.js';

const needsNode = (text: string) => analyzeModule({ text, file: '/p/a.js', root: '/p' }).needsNode;

describe('needsNode', () => {
  it.each([
    ["require('./a');"],
    ["module.exports = require.resolve('./a');"],
    ['if (require.main === module) module.exports.run();'],
    ["if (typeof module !== 'undefined' && module.exports) exports.a = 1;"],
    ['exports.f = (module, require) => [module.parent, require.cache];'],
    ["'use strict';\nexports.f = () => { let total; total = 1; return total; };"],
    ['import a from "a";\nexport const f = () => a.require.cache;'],
  ])('A bundle can have the module %j', (text) => {
    expect(needsNode(text)).toBe(false);
  });

  it.each([
    ["delete require.cache[require.resolve('./a')];"],
    ['module.exports = require;'],
    ['exports.f = () => module.parent;'],
    ["exports.f = () => module['paths'];"],
    ['exports.f = (name) => require[name];'],
    ["const load = require('load');\nload(module);"],
    ['exports.f = function () { return arguments.callee; };'],
    ['exports.f = () => { total = 1; };'],
    ['exports.f = () => 010;'],
  ])('Only Node itself can load the module %j', (text) => {
    expect(needsNode(text)).toBe(true);
  });
});
