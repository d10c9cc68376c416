import { execFileSync } from 'node:child_process';
import { afterAll, describe, expect, it } from '@jest/globals';

import { parseRunTarget } from '../../../../client/cli/run/run-target.js';
import { UsageError } from '../../../../client/cli/exit-code.js';
import { createProjects } from '../../bundle/project.js';

const projects = createProjects();
afterAll(() => projects.removeAll());

const parse = (operands: readonly string[], command?: readonly string[]) =>
  parseRunTarget(operands, command, '/project');

describe('parseRunTarget with a function', () => {
  it('`parseRunTarget` resolves the file in the working folder and keeps the arguments as text', () => {
    expect(parse(['src/a.ts#deploy', '"dev"', '{"n":[1,null]}', 'true'])).toEqual({
      kind: 'function',
      file: '/project/src/a.ts',
      exportName: 'deploy',
      args: ['"dev"', '{"n":[1,null]}', 'true'],
    });
  });

  it('`parseRunTarget` accepts an absolute path and no arguments', () => {
    expect(parse(['/other/a.ts#default'])).toMatchObject({
      file: '/other/a.ts',
      exportName: 'default',
      args: [],
    });
  });

  it.each(['src/a.ts', '#deploy', 'src/a.ts#', 'a#b#c', ''])(
    '`parseRunTarget` refuses the target %j',
    (target) => {
      expect(() => parse([target])).toThrow(UsageError);
      expect(() => parse([target])).toThrow(`${JSON.stringify(target)} is neither FILE#FUNCTION`);
    },
  );
});

describe('parseRunTarget with a Python file', () => {
  async function aProject() {
    const project = await projects.make();
    const files = ['app.py', 'src/jobs.py', 'my-app.py', 'plain/a/jobs.py', 'lib/shop/prices.py'];
    const inPackage = ['tool/__init__.py', 'tool/release.py', 'tool/aws/__init__.py', 'lib/shop/__init__.py'];
    await project.write(Object.fromEntries([...files, ...inPackage].map((file) => [file, ''])));
    return project;
  }
  const parseIn = (target: string, workingFolder: string, localModules = {}) =>
    parseRunTarget([target], undefined, workingFolder, { localModules });

  it.each([
    ['app.py:main', 'app:main --local-module app=app.py'],
    ['src/jobs.py#main', 'jobs:main --local-module jobs=src/jobs.py'],
    ['tool/release.py:main', 'tool.release:main --local-module tool=tool'],
    ['./tool/release.py#main', 'tool.release:main --local-module tool=tool'],
    ['tool/__init__.py:main', 'tool:main --local-module tool=tool'],
    ['tool/aws/__init__.py:main', 'tool.aws:main --local-module tool=tool'],
    ['lib/shop/prices.py:main', 'shop.prices:main --local-module shop=lib/shop'],
  ])(
    '`parseRunTarget` refuses the Python file in %s, and shows its module and package',
    async (target, form) => {
      const { folder } = await aProject();

      expect(() => parseIn(target, folder)).toThrow(
        new UsageError(
          `"${target}" names a file. A Python function is MODULE:FUNCTION with its code: ${form}`,
        ),
      );
      expect(parseIn('other.py:main', folder)).toMatchObject({ kind: 'python' });
    },
  );

  it('`parseRunTarget` finds the package of a Python file from a folder in the package', async () => {
    const { at } = await aProject();

    expect(() => parseIn('release.py:main', at('tool'))).toThrow('tool.release:main --local-module tool=.');
    expect(() => parseIn('__init__.py:main', at('tool/aws'))).toThrow('tool.aws:main --local-module tool=..');
  });

  it.each([
    ['its package', 'tool/release.py:main', { tool: './tool' }, 'tool.release:main'],
    ['its package under another name', 'tool/release.py:main', { deploy: 'tool' }, 'deploy.release:main'],
    ['the folder of its package', 'lib/shop/prices.py:main', { code: 'lib' }, 'shop.prices:main'],
    ['a folder above that of its package', 'lib/shop/prices.py:main', { code: '.' }, 'lib.shop.prices:main'],
    ['the nearest of two folders', 'tool/release.py:main', { code: '.', tool: 'tool' }, 'tool.release:main'],
    ['a folder without __init__.py', 'plain/a/jobs.py:main', { plain: 'plain' }, 'plain.a.jobs:main'],
    ['the file', 'app.py:main', { app: './app.py' }, 'app:main'],
  ])(
    '`parseRunTarget` shows no flag for a Python file if the local modules have %s',
    async (_, target, localModules, form) => {
      const { folder } = await aProject();

      expect(() => parseIn(target, folder, localModules)).toThrow(
        new UsageError(`"${target}" names a file. A Python function is MODULE:FUNCTION: ${form}`),
      );
    },
  );

  it('`parseRunTarget` takes the module of a project that is installed from the packages of the file', async () => {
    const { folder, write } = await aProject();
    await write({ 'pyproject.toml': '[project]' });

    expect(() => parseIn('lib/shop/prices.py:main', folder, { shop: '.' })).toThrow(
      /FUNCTION: shop\.prices:main$/,
    );
  });

  it('`parseRunTarget` says how to run a Python file without a function', async () => {
    const { folder } = await aProject();

    expect(() => parseIn('tool/release.py', folder, { tool: 'tool' })).toThrow(
      'MODULE:FUNCTION: tool.release:FUNCTION. To run the file: codeseeder run --dir . -- python3 tool/release.py',
    );
  });

  it('`parseRunTarget` refuses a Python file whose name cannot be imported', async () => {
    const { folder } = await aProject();

    expect(() => parseIn('my-app.py:main', folder)).toThrow('my-app is not a name that Python imports');
  });

  it.each(['tool', 'tool.release', 'shop.prices', 'src'])(
    '`parseRunTarget` says that the Python module %s has no function',
    async (target) => {
      const { folder } = await aProject();
      const localModules = { shop: 'lib/shop', src: 'src' };

      expect(() => parseRunTarget([target, '"x"'], undefined, folder, { localModules })).toThrow(
        new UsageError(
          `"${target}" is a Python module without a function. Name a function of it: ${target}:FUNCTION`,
        ),
      );
    },
  );

  it.each([
    ['app.main', 'app:main'],
    ['tool.release.main', 'tool.release:main'],
    ['shop.prices.main', 'shop.prices:main'],
    ['shop.main', 'shop:main'],
    ['jobs.main', 'jobs:main'],
  ])('`parseRunTarget` names the target that is meant by %s', async (target, meant) => {
    const project = await aProject();
    const files = ['app.py', 'tool/release.py', 'lib/shop/prices.py', 'lib/shop/__init__.py', 'src/jobs.py'];
    await project.write(Object.fromEntries(files.map((file) => [file, 'async def main():\n    pass\n'])));
    const parse = () => parseIn(target, project.folder, { shop: 'lib/shop', jobs: 'src' });

    expect(parse).toThrow(
      new UsageError(`"${target}" has no colon before its function. Did you mean ${meant}?`),
    );
  });

  it.each(['other.release', 'tool.release --flag', 'plain', 'tool/release'])(
    '`parseRunTarget` takes %j for a command, not for a Python module',
    async (target) => {
      const { folder } = await aProject();

      expect(() => parseIn(target, folder)).toThrow('A command goes after --.');
    },
  );
});

it.each(['src/a.ts', 'a.mjs', 'a.cts'])(
  '`parseRunTarget` refuses the file %s with a colon before its function, and shows the right form',
  (file) => {
    expect(() => parse([`${file}:deploy`])).toThrow(`"${file}:deploy" names a file. Write ${file}#deploy.`);
  },
);

it('`parseRunTarget` refuses a command without -- and shows where it belongs', () => {
  expect(() => parse(['echo', 'hi'])).toThrow('Did you mean: codeseeder run -- echo hi');
});

it('`parseRunTarget` reads a Python function with its arguments as text', () => {
  expect(parse(['my_pkg.deploy:network', '"dev"'])).toEqual({
    kind: 'python',
    target: 'my_pkg.deploy:network',
    args: ['"dev"'],
  });
});

describe('parseRunTarget with a command', () => {
  it('A command of one word is a line of shell', () => {
    expect(parse([], ['npm ci && npm test | tee $LOG'])).toEqual({
      kind: 'command',
      command: 'npm ci && npm test | tee $LOG',
    });
  });

  it('A command of several words passes each word unchanged', () => {
    const words = ['%s|', "it's", 'a b', '$HOME', '`id`', '', '*', '-n', 'x\ny', '"q"', '\\', '!', '~', '#'];
    const { command } = parse([], ['printf', ...words]) as { command: string };
    const printed = execFileSync('bash', ['-c', command]).toString();

    expect(printed).toBe(
      words
        .slice(1)
        .map((word) => `${word}|`)
        .join(''),
    );
  });

  it('`parseRunTarget` refuses -- without a command', () => {
    expect(() => parse([], [])).toThrow(/There is no command after --/);
    expect(() => parse([], [''])).toThrow(
      /The command after -- is empty\. Give one, such as: .* -- npm test/,
    );
    expect(() => parse([], ['', 'ls'])).toThrow(/The command after -- is empty/);
  });

  it('`parseRunTarget` refuses a command together with a function', () => {
    expect(() => parse(['a.ts#f'], ['ls'])).toThrow(/"a\.ts#f" .* not both/);
  });
});

it('`parseRunTarget` refuses empty arguments', () => {
  expect(() => parse([])).toThrow(/Give FILE#FUNCTION .* or a command after --/);
});
