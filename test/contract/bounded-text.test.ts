import { describe, expect, it } from '@jest/globals';

import {
  boundedText,
  describeTarget,
  invocationSchema,
  isWellFormed,
  parseRunRequest,
  queuedRecord,
} from '../../lib/contract/index.js';
import { aRunRequest } from './builders.js';

const HALF = '\ud83d';

describe('Half of a surrogate pair, which UTF-8 cannot represent', () => {
  it('A text that is truncated inside a surrogate pair ends without half of the pair', () => {
    const cut = Array.from({ length: 8 }, (_, index) => boundedText('a'.repeat(index) + '😀'.repeat(60), 60));
    expect(cut.map(isWellFormed)).toEqual(cut.map(() => true));
    expect(cut.some((text) => text.includes('\ufffd'))).toBe(true);
  });

  it('Half of a surrogate pair in a message, such as in a file name of Python, is replaced by U+FFFD', () => {
    expect(boundedText(`no file a\udc80.txt 😀`, 100)).toBe('no file a\ufffd.txt 😀');
  });

  it('A target in a record that is truncated inside a surrogate pair ends without half of the pair', () => {
    const command = `${'x'.repeat(199)}😀`;
    expect(describeTarget({ kind: 'commands', target: [command] })).toBe(`${'x'.repeat(199)}\ufffd`);
    const invocation = {
      kind: 'node',
      target: { module: `${'x'.repeat(499)}😀`, exportName: 'go' },
    } as const;
    const record = queuedRecord({
      runId: 'run-1',
      seedkit: 'demo',
      executionArn: 'arn',
      executionStartedAt: '2026-03-01T10:00:00.000Z',
      recordExpirationDays: 10,
      request: {},
      invocation,
    });
    expect(record.target).toBe(`${'x'.repeat(499)}\ufffd`);
  });

  it.each<[string, object]>([
    ['a label', { labels: { team: HALF } }],
    ['the name of a label', { labels: { [HALF]: 'a' } }],
    ['a command', { build: { installCommands: [`echo ${HALF}`] } }],
    ['a variable', { build: { environment: { A: { value: HALF, type: 'PLAINTEXT' } } } }],
  ])('A request with half of a surrogate pair in %s is refused', (_, overrides) => {
    expect(() => parseRunRequest(aRunRequest(overrides))).toThrow(/half of a surrogate pair|Invalid key/);
  });

  it.each<[string, object]>([
    ['a command', { kind: 'commands', target: [HALF] }],
    ['a module', { kind: 'node', target: { module: HALF, exportName: 'a' }, args: [] }],
    ['an export', { kind: 'node', target: { module: 'a', exportName: HALF }, args: [] }],
  ])('An invocation with half of a surrogate pair in %s is refused', (_, invocation) => {
    expect(invocationSchema.safeParse(invocation).success).toBe(false);
  });

  it('Arguments may contain halves of surrogate pairs, which JSON can represent', () => {
    const invocation = { kind: 'node', target: { module: 'a', exportName: 'b' }, args: [HALF] };
    expect(invocationSchema.parse(invocation)).toEqual(invocation);
  });
});
