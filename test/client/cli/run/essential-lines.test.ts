import { describe, expect, it } from '@jest/globals';

import { essentialLines } from '../../../../client/cli/run/essential-lines.js';

const LOG_COMMAND = 'npx codeseeder runs logs 01a22dda-54ff --verbose';

describe('essentialLines', () => {
  it('The errors of npm are kept, and its empty lines and the place of its own log are not', () => {
    const output = [
      'npm warn deprecated left@1.0.0',
      'npm error code E404',
      'npm error 404 Not Found - GET https://registry.example.com/nope',
      'npm error 404',
      'npm error A complete log of this run can be found in: /root/.npm/_logs/debug-0.log',
    ];

    expect(essentialLines(output, LOG_COMMAND)).toEqual([
      `(3 other lines: ${LOG_COMMAND})`,
      'npm error code E404',
      'npm error 404 Not Found - GET https://registry.example.com/nope',
    ]);
  });

  it('The errors of pip are kept, after the last of the attempts that failed without a connection', () => {
    const output = [
      'Looking in indexes: https://pypi.example.com/simple',
      "WARNING: Retrying (Retry(total=1)) after connection broken by 'NewConnectionError: Failed': /simple/nope/",
      "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError: Failed': /simple/nope/",
      'ERROR: Could not find a version that satisfies the requirement nope (from versions: none)',
      'ERROR: No matching distribution found for nope',
      '',
      'codeseeder: the Python packages could not be installed: see the messages above',
    ];

    expect(essentialLines(output, LOG_COMMAND)).toEqual([
      `(2 other lines: ${LOG_COMMAND})`,
      ...output.slice(2, 5),
      output[6],
    ]);
  });

  it.each([
    'src/a.c:1:10: fatal error: Python.h: No such file or directory',
    'error[E0433]: failed to resolve',
    'src/a.ts(1,2): error TS2304: Cannot find name',
    "      ModuleNotFoundError: No module named 'setuptools'",
  ])('The error of a tool is kept: %s', (error) => {
    expect(essentialLines(['building', error, 'done'], LOG_COMMAND)).toEqual([
      `(2 other lines: ${LOG_COMMAND})`,
      error,
    ]);
  });

  it('Output without errors that are known has its last ten lines, and all lines if there are fewer', () => {
    const output = Array.from({ length: 12 }, (_, index) => `line ${index}`);

    expect(essentialLines(output, LOG_COMMAND)).toEqual([
      `(2 other lines: ${LOG_COMMAND})`,
      ...output.slice(2),
    ]);
    expect(essentialLines(output.slice(0, 3), LOG_COMMAND)).toEqual(output.slice(0, 3));
    expect(essentialLines(['WARNING: only this'], LOG_COMMAND)).toEqual(['WARNING: only this']);
  });

  it('The last fifteen of many errors are kept, and lines that were dropped before are counted', () => {
    const errors = Array.from({ length: 20 }, (_, index) => `ERROR: ${index}`);

    expect(essentialLines(errors, LOG_COMMAND, 5)).toEqual([
      `(10 other lines: ${LOG_COMMAND})`,
      ...errors.slice(5),
    ]);
  });
});
