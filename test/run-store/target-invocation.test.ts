import { describe, expect, it } from '@jest/globals';

import type { InvocationHead } from '../../lib/contract/index.js';
import { type ArgumentTexts, composeInvocation } from '../../lib/run-store/target-invocation.js';

const target = { name: 'deploys' };
const node: InvocationHead = { kind: 'node', target: { module: 'm', exportName: 'f' } };
const python: InvocationHead = { kind: 'python', target: { module: 'm', functionName: 'f' } };
const commands: InvocationHead = { kind: 'commands', target: ['make'] };
const text = (json: string) => Buffer.from(json);
const composed = (head: InvocationHead, texts: ArgumentTexts, values: object = {}) => {
  const { content, environment } = composeInvocation(head, { target, ...values }, texts);
  return { json: Buffer.from(content).toString(), environment };
};

describe('composeInvocation', () => {
  it('`composeInvocation` adds texts of arguments unchanged, also integers that JavaScript rounds', () => {
    expect(composed(node, { args: text('[12345678901234567890, {"__proto__": 1}]') }).json).toBe(
      '{"kind":"node","target":{"module":"m","exportName":"f"},"args":[12345678901234567890, {"__proto__": 1}]}',
    );
    expect(composed(python, { kwargs: text('{"a":1.0}') }, { args: [1] }).json).toBe(
      '{"kind":"python","target":{"module":"m","functionName":"f"},"args":[1],"kwargs":{"a":1.0}}',
    );
  });

  it('`composeInvocation` gives a start without arguments empty ones', () => {
    expect(JSON.parse(composed(python, {}).json)).toEqual({ ...python, args: [], kwargs: {} });
  });

  it('`composeInvocation` puts the argument of commands into a variable, and refuses one that fits none', () => {
    expect(composed(commands, { args: text('[{"a":1}]') })).toEqual({
      json: JSON.stringify(commands),
      environment: { CODESEEDER_INPUT: { value: '{"a":1}', type: 'PLAINTEXT' } },
    });
    expect(() => composed(commands, { args: text(`["${'a'.repeat(40_000)}"]`) })).toThrow(
      /target deploys has 40004 bytes.*at most 5000 characters/,
    );
  });

  it('`composeInvocation` refuses keyword arguments of a target that is not a Python function', () => {
    for (const head of [node, commands]) {
      expect(() => composed(head, { kwargs: text('{}') })).toThrow('takes no kwargs');
    }
  });
});
