import { describe, expect, it } from '@jest/globals';

import { readBuildLogLine } from '../../client/build-log.js';

const AT_MS = Date.parse('2026-01-02T03:04:05.678Z');
const line = (text: string) => `[Container] 2026/01/02 03:04:05.678901 ${text}`;

describe('`readBuildLogLine()`', () => {
  it.each([
    ['Entering phase INSTALL', { kind: 'entered', phase: 'INSTALL' }],
    ['Phase is DOWNLOAD_SOURCE', { kind: 'entered', phase: 'DOWNLOAD_SOURCE' }],
    ['Phase complete: BUILD State: FAILED', { kind: 'completed', phase: 'BUILD', state: 'FAILED' }],
    ['Running command npm test', { kind: 'command', command: 'npm test', isOwn: false }],
    ['Running command node a.mjs # codeseeder', { kind: 'command', isOwn: true }],
    ['Command did not exit successfully npm test exit status 1', { kind: 'commandFailed' }],
    ['Phase context status code:  Message: ', { kind: 'reason' }],
    ['Moving to directory /codebuild', { kind: 'note', text: 'Moving to directory /codebuild' }],
  ])('The line `%s` of CodeBuild has its meaning and its time', (text, expected) => {
    expect(readBuildLogLine(line(text))).toMatchObject({ ...expected, atMs: AT_MS });
  });

  it('Times without fractions and lines without times are read', () => {
    const atMs = Date.parse('2026-01-02T03:04:05Z');

    expect(readBuildLogLine('[Container] 2026/01/02 03:04:05 Entering phase BUILD')).toMatchObject({ atMs });
    expect(readBuildLogLine('[Container] Entering phase BUILD')).toEqual({
      kind: 'entered',
      phase: 'BUILD',
      atMs: undefined,
    });
  });

  it('Output of commands is not taken for a line of CodeBuild', () => {
    expect(readBuildLogLine('Entering phase BUILD')).toEqual({ kind: 'output' });
    expect(readBuildLogLine(` ${line('Entering phase BUILD')}`)).toEqual({ kind: 'output' });
  });
});
