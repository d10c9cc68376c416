import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { describe, expect, it } from '@jest/globals';

import { drawSource } from '../../client/cli/run/source-frame.js';

const MODULE = pathToFileURL(path.resolve('examples/github-action/describe-remote.mjs')).href;

/** Calls the function of the action, which is not part of the project's own modules, for each error. */
function described(...errors: readonly object[]): unknown {
  const program = `
    import { describeRemote } from ${JSON.stringify(MODULE)};
    console.log(JSON.stringify(process.argv.slice(1).map((error) => describeRemote(JSON.parse(error)))));
  `;
  const texts = errors.map((error) => JSON.stringify(error));
  const args = ['--input-type=module', '--eval', program, '--', ...texts];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(stderr).toBe('');
  return JSON.parse(stdout) as unknown;
}

describe('The summary of a job', () => {
  it('An error has its lines of code, its cause, and no frames of the runner', () => {
    const stack =
      'TypeError: no stage 2\n    at boom (fail.mjs:10:11)\n    at run (node_modules/codeseeder/dist/client/in-build/index.js:69:22)\n    at .codeseeder/runner.mjs:14:3202';
    const source = {
      file: 'fail.mjs',
      line: 10,
      firstLine: 9,
      lines: ['if (n > 1) {', '  throw new TypeError();'],
    };
    const cause = { name: 'Error', message: 'first' };
    const traceback = {
      name: 'ValueError',
      message: 'no',
      stack: 'Traceback:\n  x = 1\nValueError: no',
      source,
    };

    expect(described({ name: 'TypeError', message: 'no stage 2', stack, source, cause }, traceback)).toEqual([
      [
        'TypeError: no stage 2',
        '    at boom (fail.mjs:10:11)',
        '',
        '   9 | if (n > 1) {',
        '> 10 |   throw new TypeError();',
        '',
        'Caused by: Error: first',
      ].join('\n'),
      traceback.stack,
    ]);
  });

  it('An error has a caret below its column where the terminal has it, also after tabs and wide characters', () => {
    const lines = ['function boom() {', "\tlog('日本 🚀'); throw new Error(name);", '}'];
    const source = { file: 'a.ts', line: 10, column: 17, firstLine: 9, lines };
    const beyond = { ...source, column: 300 };
    const sources = [source, { ...source, column: 1 }, beyond];

    expect(described(...sources.map((one) => ({ name: 'Error', message: 'no', source: one })))).toEqual(
      sources.map((one) => ['Error: no', '', ...drawSource(one)].join('\n')),
    );
    expect(drawSource(source)).toContain(`     | \t${' '.repeat(17)}^`);
    expect(drawSource(beyond)).toHaveLength(3);
  });
});
