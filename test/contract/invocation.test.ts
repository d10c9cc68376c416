import { describe, expect, it } from '@jest/globals';

import { describeTarget, parseInvocation, parsePythonTarget } from '../../lib/contract/index.js';

const PYTHON = {
  kind: 'python',
  target: { module: 'my_pkg.deploy', functionName: 'network' },
  args: ['dev', { deep: [1, null] }],
  kwargs: { stage: 'dev' },
};

describe('the target of commands', () => {
  it.each([
    [['npm test'], 'npm test'],
    [['cd app', 'set -e', 'npm test'], 'npm test'],
    [['cd app && export CI=1; npm test && npm run deploy'], 'npm test && npm run deploy'],
    [['cdk deploy'], 'cdk deploy'],
    [['set -euo pipefail\nnpm test'], 'npm test'],
    [['cd app', 'export A=1'], 'cd app'],
  ])('The target of the commands %j is %s', (target, described) => {
    expect(describeTarget({ kind: 'commands', target })).toBe(described);
  });

  it('An empty command among commands is refused', () => {
    expect(() => parseInvocation({ kind: 'commands', target: ['ls', ''] })).toThrow(
      /target\[1\]: an empty command; give one, or leave it out/,
    );
  });
});

describe('the invocation of a Python function', () => {
  it('The invocation of a Python function is parsed unchanged, and described as module:function', () => {
    const invocation = parseInvocation(PYTHON);

    expect(invocation).toEqual(PYTHON);
    expect(describeTarget(invocation)).toBe('my_pkg.deploy:network');
  });

  it.each([
    [{ colour: 'red' }, 'colour'],
    [{ target: { module: 'm', functionName: 'f', path: '/' } }, 'target'],
    [{ target: { module: 'm', exportName: 'f' } }, 'target.functionName'],
    [{ target: { module: '../m', functionName: 'f' } }, 'target.module: not the name of a Python module'],
    [
      { target: { module: 'm', functionName: 'f()' } },
      'target.functionName: not the name of a Python function',
    ],
    [{ args: 'dev' }, 'args'],
    [{ args: undefined }, 'args'],
    [{ kwargs: ['dev'] }, 'kwargs'],
    [{ kwargs: { at: new Date(0) } }, 'kwargs.at'],
  ])(
    'The invocation of a Python function is refused with the path of the invalid member: %j',
    (overrides, expected) => {
      const refused = () => parseInvocation({ ...PYTHON, ...overrides });

      expect(refused).toThrow(expect.objectContaining({ code: 'InvalidRequest' }));
      expect(refused).toThrow(expected);
    },
  );
});

describe('a Python target', () => {
  it.each([
    ['deploy:network', 'deploy', 'network'],
    ['_a.b2.c:Class.method', '_a.b2.c', 'Class.method'],
    ['größe:messe', 'größe', 'messe'],
  ])('The Python target %s has a module and a function', (text, module, functionName) => {
    expect(parsePythonTarget(text)).toEqual({ module, functionName });
  });

  it.each(['deploy', 'deploy:', ':network', 'a:b:c', 'my-pkg:f', 'a..b:f', 'a:2f', 'a b:f', 'a:f\n'])(
    'The Python target %j is refused, and the message repeats it',
    (text) => {
      expect(() => parsePythonTarget(text)).toThrow(
        `The Python target ${JSON.stringify(text)} (module:function) is not valid`,
      );
    },
  );
});
