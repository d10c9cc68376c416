import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const MODULE = pathToFileURL(path.resolve('examples/github-action/find-position.mjs')).href;

let repository: string;

beforeAll(() => {
  repository = mkdtempSync(path.join(tmpdir(), 'codeseeder-position-'));
  for (const file of ['packages/a/src/one.ts', 'node_modules/x/index.js']) {
    mkdirSync(path.join(repository, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(repository, file), '');
  }
});

afterAll(() => rmSync(repository, { recursive: true }));

/** Calls the function of the action, which is not part of the project's own modules, for each stack. */
function positionsOf(stacks: readonly string[]): unknown {
  const program = `
    import { findPosition } from ${JSON.stringify(MODULE)};
    const [repository, ...stacks] = process.argv.slice(1);
    const find = (stack) => findPosition(stack, repository + '/packages/a', repository) ?? null;
    console.log(JSON.stringify(stacks.map(find)));
  `;
  const args = ['--input-type=module', '--eval', program, '--', repository, ...stacks];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(stderr).toBe('');
  return JSON.parse(stdout) as unknown;
}

describe('The position that the action annotates', () => {
  it('The position is that of the innermost frame in a file of the repository', () => {
    const found = [
      'Error: x\n    at helper (node_modules/x/index.js:1:1)\n    at one (src/one.ts:3:9)\n    at main (src/one.ts:9:1)',
      'Error: x\n    at async packages/b/other.ts:1:1\n    at packages/a/src/one.ts:4:2',
      `Error: x\n    at file://${repository}/packages/a/src/one.ts:5:2`,
      'Traceback:\n  File "src/one.ts", line 6, in main\n    call()\n  File "src/one.ts", line 7, in call\n    raise x',
    ];

    const file = 'packages/a/src/one.ts';
    expect(positionsOf(found)).toEqual([
      { file, line: 3, column: 9 },
      { file, line: 4, column: 2 },
      { file, line: 5, column: 2 },
      { file, line: 7 },
    ]);
  });

  it('There is no position for a stack without a file of the repository', () => {
    expect(
      positionsOf([
        '',
        'Error: x\n    at /etc/hosts:1:1',
        'Error: x\n    at ../../../etc/hosts:1:1',
        'Error: x\n    at missing.ts:1:1',
        'Error: at src/one.ts',
      ]),
    ).toEqual([null, null, null, null, null]);
  });
});
