import { describe, expect, it } from '@jest/globals';

import { drawSource } from '../../../../client/cli/run/source-frame.js';

const LINES = [
  'export function boom(name: string): never {',
  "\tconsole.log('日本', name); throw new Error(name);",
  '}',
];

describe('`drawSource()`', () => {
  it('The code has numbers of its lines, and a caret below the column, also after tabs and wide characters', () => {
    expect(drawSource({ file: 'a.ts', line: 10, column: 33, firstLine: 9, lines: LINES })).toEqual([
      '   9 | export function boom(name: string): never {',
      "> 10 | \tconsole.log('日本', name); throw new Error(name);",
      `     | \t${' '.repeat(33)}^`,
      '  11 | }',
    ]);
  });

  it('Code without a column, or with a line that is cut before it, has no caret', () => {
    const source = { file: 'a.py', line: 2, firstLine: 2, lines: ['raise ValueError(name)'] };

    expect(drawSource(source)).toEqual(['> 2 | raise ValueError(name)']);
    expect(drawSource({ ...source, column: 300 })).toEqual(['> 2 | raise ValueError(name)']);
  });

  it('On a terminal, long lines of code are cut, and the line of the error shows its column', () => {
    const lines = [
      'const zones = [1, 2, 3, 4, 5, 6, 7, 8, 9];',
      `${'\tf(); '.repeat(8)}throw new Error(name);`,
    ];
    const source = { file: 'a.ts', line: 2, column: 49, firstLine: 1, lines };

    expect(drawSource(source, 40)).toEqual([
      '  1 | const zones = [1, 2, 3, 4, 5, 6, …',
      '> 2 | …;   f();   f(); throw new Error(…',
      `    | ${' '.repeat(17)}^`,
    ]);
    expect(drawSource({ ...source, column: 2 }, 40).slice(1)).toEqual([
      '> 2 |   f();   f();   f();   f();   f()…',
      '    |   ^',
    ]);
  });
});
