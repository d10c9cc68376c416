import { execFileSync } from 'node:child_process';

import { describe, expect, it } from '@jest/globals';

import { argumentProblem } from '../../../../client/bundle/python/signature/argument-problem.js';
import { hasProgram } from '../layer/layer-files.js';
import { readSignature } from '../../../../client/bundle/python/signature/read-signature.js';

const textOf = (source: string) => readSignature(source, 'greet')?.text;

/** Prints the parameters of functions that Python's own `inspect` finds. */
const INSPECT = `
import inspect, json, sys
kinds = ["positionOnly", "either", "list", "keywordOnly", "names"]
found = []
for source in json.load(sys.stdin):
    names = {}
    exec(source, names)
    found.append([
        {"name": one.name, "kind": kinds[one.kind], "hasDefault": one.default is not one.empty}
        for one in inspect.signature(names["greet"]).parameters.values()
    ])
json.dump(found, sys.stdout)
`;

const SURE = [
  'def greet(name, times=1): pass',
  'async  def greet (\n    name: str,  # who, and (why\n    /, times: "int, or" = 1, # how often\n): pass',
  'def greet(a, /, b, *rest, c, d=(1, 2), **others): pass',
  'def greet(*, a, b={"x": [1, 2]}): pass',
  'def greet(a: dict[str, int] = {}, b="), (") -> dict[str, int]: pass',
  '"""def greet(x): a docstring"""\ndef greet(): pass',
  "x = 'it\\'s' \\\n  'def'\ndef greet(a=r'\\', b', c='''\n',''' ): return greet(a)",
  'class A:\n    def other(self): self.greet = 1\n\ndef greet(a): pass\n\nif True: greet\\\n(1)\ndict(key=greet)',
];

describe('readSignature', () => {
  it('A signature that is read without Python has the parameters that Python finds', async () => {
    if (!(await hasProgram('python3', '--version'))) return;
    const found = execFileSync('python3', ['-c', INSPECT], { input: JSON.stringify(SURE), encoding: 'utf8' });

    expect(SURE.map((source) => readSignature(source, 'greet')?.parameters)).toEqual(JSON.parse(found));
  });

  it('A signature is shown without annotations and comments, and without long defaults', () => {
    expect(textOf('def greet(a: int, /, b: "x" = ("1",  # one\n 2), *, c = 3, **d): pass')).toBe(
      'greet(a, /, b=("1", 2), *, c=3, **d)',
    );
    expect(textOf(`def greet(a="${'x'.repeat(100)}", *b): pass`)).toBe('greet(a=..., *b)');
  });

  it.each([
    ['has a decorator', '@wrapped\n# a note\ndef greet(a): pass'],
    ['is defined twice', 'def greet(a): pass\n\ndef greet(a, b): pass'],
    ['is defined under a condition', 'if OLD:\n    def greet(a): pass'],
    ['is defined again under a condition', 'def greet(a): pass\nif OLD:\n    def greet(a, b): pass'],
    ['is assigned', 'def greet(a): pass\ngreet = wrapped(greet)'],
    ['is assigned with others', 'def greet(a): pass\n(greet, other) = pair'],
    ['is assigned in a chain', 'def greet(a): pass\nother = greet = None'],
    ['is imported later', 'def greet(a): pass\nfrom .fast import greet'],
    ['gets other defaults', 'def greet(a): pass\ngreet.__defaults__ = (1,)'],
    ['is passed to other code', 'def greet(a): pass\nwrap_all([greet])'],
    ['may come from another module', 'def greet(a): pass\nfrom .fast import *'],
    ['may be set dynamically', 'def greet(a): pass\nglobals().update(greet=1)'],
    ['has a lambda among its defaults', 'def greet(a=lambda b, c: b, d=1): pass'],
    ['is in a file that is not Python', 'def greet(a): pass\nx = (1'],
    ['is in a file with an unclosed string', 'def greet(a): pass\nx = "1\n'],
    ['has a name in another script', 'def greet(ä): pass'],
    ['is not there', 'def other(a): pass'],
  ])('Nothing is said about a function that %s', (_, source) => {
    expect(textOf(source)).toBeUndefined();
  });
});

describe('argumentProblem', () => {
  const problemOf = (parameters: string, count: number, ...names: string[]) => {
    const signature = readSignature(`def greet(${parameters}): pass`, 'greet');
    const found = signature && argumentProblem(signature, { count, names }, 'greet');
    return found && [found.problem, found.remedy].filter(Boolean).join('. ');
  };

  it.each([
    ['name, times=1', 0, [], 'lacks the argument name of greet'],
    ['name, times', 0, [], 'lacks the arguments name, times of greet'],
    ['name, *, stage', 1, [], 'lacks the argument stage of greet'],
    [
      'name, times=1',
      1,
      ['tims'],
      'has the keyword argument tims, which greet does not take. Did you mean times?',
    ],
    ['name, times=1', 1, ['where'], 'has the keyword argument where, which greet does not take'],
    ['name, /', 0, ['name'], 'has the keyword argument name, which greet takes by its position only'],
    ['name, times=1', 3, [], 'has 3 positional arguments, and greet takes at most 2'],
    ['*, name=1', 1, [], 'has 1 positional argument, and greet takes none'],
    [
      'name',
      1,
      ['name'],
      'has the argument name of greet twice, by its position and by its name. Leave one of them out.',
    ],
  ] as const)(
    'A call of greet(%s) with %d positional arguments and the names %j %s',
    (parameters, count, names, problem) => {
      expect(problemOf(parameters, count, ...names)).toBe(problem);
    },
  );

  it.each([
    ['name, times=1', 1, []],
    ['name, times=1', 0, ['name', 'times']],
    ['*all', 9, []],
    ['name, /, **others', 1, ['name', 'where']],
  ] as const)(
    'A call of greet(%s) with %d positional arguments and the names %j is accepted',
    (parameters, count, names) => {
      expect(problemOf(parameters, count, ...names)).toBeUndefined();
    },
  );
});
