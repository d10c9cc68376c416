import { createRequire } from 'node:module';

import { describe, expect, it } from '@jest/globals';

const { hasState } = createRequire(import.meta.url)('../shared-project-modules.cjs') as {
  hasState(source: string): boolean;
};

describe('Modules that test files share', () => {
  it.each([
    ['a variable', 'let last = 0;'],
    ['an exported variable', "import a from 'a';\nexport let last: string | undefined;"],
    ['an empty map', 'const byName = new Map<string, () => void>();'],
    ['an empty map with a type', 'const byName: Map<string, () => void> = new Map();'],
    ['an empty set', 'export const seen = new Set();'],
    ['an empty list', 'const names: string[] = [];'],
    ['an empty object', 'const values: Record<string, unknown> = {};'],
    ['a function of `node:module`', "import { createRequire, isBuiltin } from 'node:module';"],
    ['the class of `node:module`', "import Module from 'node:module';"],
  ])('A module with %s is loaded again for each test file', (_what, source) => {
    expect(hasState(`${source}\nexport const f = () => 1;\n`)).toBe(true);
  });

  it.each([
    [
      'constants',
      "const NAMES = new Set(['a']);\nexport const VALUES = [1];\nconst BY_ID = new Map(VALUES.map(of));",
    ],
    ['variables of functions', 'export function f() {\n  let found = 0;\n  const names = new Map();\n}'],
    ['values per object', 'const byClient = new WeakMap<object, string>();'],
    ['constants of `node:module`', "import { isBuiltin } from 'node:module';"],
  ])('Test files share a module with %s', (_what, source) => {
    expect(hasState(source)).toBe(false);
  });
});
