import { mkdir, mkdtemp, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Readable } from 'node:stream';
import ts from 'typescript';
import { parse } from 'yaml';

import { main } from '../../../client/cli/main.js';
import type { InitResult } from '../../../client/cli/output-types.js';
import { loadConfig } from '../../../client/config/load-config.js';
import { commandProgram, refusalOf } from '../../../docs/make/command-program.js';
import { holdToShape } from '../../command-output.js';
import { aTerminal, runMain } from './a-terminal.js';

const REPOSITORY = path.resolve(import.meta.dirname, '../../..');

let parent: string;
let folder: string;

beforeEach(async () => {
  parent = await mkdtemp(path.join(tmpdir(), 'codeseeder-init-'));
  folder = path.join(parent, 'shop');
  // Makes the folder a repository, so that nothing above it counts.
  await mkdir(path.join(folder, '.git'), { recursive: true });
});

afterEach(() => rm(parent, { recursive: true, force: true }));

const init = (args: readonly string[] = [], workingFolder = folder) =>
  runMain(['init', ...args], { workingFolder });
const read = (file: string) => readFile(path.join(folder, file), 'utf8');
const write = async (file: string, contents: string) => {
  await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
  await writeFile(path.join(folder, file), contents);
};
const manifest = async () => JSON.parse(await read('package.json')) as Record<string, Record<string, string>>;

/** Returns the paths of all files in the repository except for those of Git. */
async function files(): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}

describe('`init` in an empty folder', () => {
  it('`init` writes an ES module in TypeScript, its test, and a manifest with exact versions', async () => {
    const { exitCode } = await init();

    expect(exitCode).toBe(0);
    expect(await files()).toEqual([
      '.github/workflows/codeseeder.yml',
      '.gitignore',
      'codeseeder.config.ts',
      'package.json',
      'src/hello.test.ts',
      'src/hello.ts',
      'tsconfig.json',
    ]);
    const { type, name, scripts, devDependencies } = await manifest();
    const own = JSON.parse(await readFile(path.join(REPOSITORY, 'package.json'), 'utf8')) as {
      version: string;
      devDependencies: Record<string, string>;
    };
    expect({ type, name, test: scripts?.['test'] }).toEqual({
      type: 'module',
      name: 'shop',
      test: 'node --import tsx --test src/*.test.ts',
    });
    expect(devDependencies).toMatchObject({
      codeseeder: own.version,
      '@aws-cdk/toolkit-lib': own.devDependencies['@aws-cdk/toolkit-lib'],
      'aws-cdk-lib': own.devDependencies['aws-cdk-lib'],
      tsx: own.devDependencies['tsx'],
    });
  });

  it('`init` makes a folder that does not exist, and says how to enter it', async () => {
    const { stdout } = await init(['new one', '--language', 'javascript', '--ci', 'none']);

    expect(stdout).toContain(`\n  cd 'new one'\n  npm install\n`);
    expect(await files()).toEqual([
      'new one/.gitignore',
      'new one/codeseeder.config.js',
      'new one/package.json',
      'new one/src/hello.js',
      'new one/src/hello.test.js',
    ]);
  });

  it('`init` prints commands that the command line accepts', async () => {
    for (const language of ['typescript', 'javascript', 'python']) {
      const { stdout } = await init(['--language', language, '--dry-run', '--json']);
      const { next } = JSON.parse(stdout) as { next: string[] };
      const words = next.flatMap((command) => {
        const [, text] = /npx codeseeder ([^)]*?)"?\)?"?$/.exec(command) ?? [];
        return text === undefined ? [] : [text.replaceAll("'", '').split(' ')];
      });

      expect(words).toHaveLength(2);
      expect(words.map(refusalOf)).toEqual([undefined, undefined]);
    }
    expect(commandProgram().commands.map((command) => command.name())).toContain('init');
  });

  it('`init --dry-run` writes nothing', async () => {
    const { stdout } = await init(['--dry-run']);

    expect(stdout).toContain('Would write to');
    expect(await files()).toEqual([]);
  });

  it('`init` puts the name of the seedkit into every file that has it', async () => {
    await init(['--seedkit', 'prices', '--ci', 'gitlab']);
    const written = await Promise.all((await files()).map(read));

    expect(written.join('\n')).not.toContain('my-kit');
    expect(await read('src/hello.ts')).toContain("seedkit('prices')");
    expect(await read('src/hello.test.ts')).toContain("localSeedkit('prices')");
    expect(await read('codeseeder.config.ts')).toContain("seedkit: 'prices'");
  });
});

describe('`init` in an existing project', () => {
  it('`init` adds to `package.json` and keeps what it has, with its indentation', async () => {
    await write(
      'package.json',
      '{\n\t"name": "a",\n\t"type": "module",\n\t"scripts": {\n\t\t"test": "mocha",\n\t\t"local": "serve"\n\t},\n\t"devDependencies": {\n\t\t"codeseeder": "0.0.1"\n\t}\n}\n',
    );
    const { stdout } = await init(['--language', 'javascript']);
    const { scripts, devDependencies } = await manifest();

    expect(scripts).toEqual({ test: 'mocha', local: 'serve', 'test:hello': 'node --test src/*.test.js' });
    expect(devDependencies?.['codeseeder']).toBe('0.0.1');
    expect(await read('package.json')).toMatch(/^\{\n\t"name": "a",\n\t"type"/);
    expect(stdout).toContain('changed  package.json');
    expect(stdout).toContain(
      'the script local is another one; this runs it by hand: codeseeder local up my-kit',
    );
    expect(parse(await read('.github/workflows/codeseeder.yml'))).toMatchObject({
      jobs: { test: { steps: expect.arrayContaining([{ run: 'npm run test:hello' }]) } },
    });
  });

  it('`init` replaces the placeholder for a test that `npm init` writes', async () => {
    await write('package.json', '{"scripts":{"test":"echo \\"Error: no test specified\\" && exit 1"}}');
    await init();

    expect((await manifest())['scripts']?.['test']).toBe('node --test src/*.test.js');
  });

  it.each([
    ['commonjs', 'javascript', 'src/hello.js', "require('codeseeder')"],
    ['module', 'javascript', 'src/hello.js', 'import.meta'],
    ['commonjs', 'typescript', 'src/hello.mts', 'import.meta'],
    ['module', 'typescript', 'src/hello.ts', 'import.meta'],
  ])('`init` in a %s project in %s writes %s with %s', async (type, language, file, text) => {
    await write('package.json', JSON.stringify({ type }));
    await init(['--language', language]);
    const test = await read(file.replace('hello', 'hello.test'));

    expect(await read(file)).toContain(text);
    expect(test).toContain(`'./${path.basename(file).replace('ts', 'js')}'`);
    expect(await read('.gitignore')).toBe('node_modules/\n');
  });

  it.each([
    ['dist', 'javascript', 'dist\nnode_modules/\n'],
    ['/node_modules\r\n!kept\r\n', 'python', '/node_modules\r\n!kept\r\n__pycache__/\r\n'],
    ['node_modules/\n!node_modules\n', 'javascript', 'node_modules/\n!node_modules\n'],
  ])('`init` appends to the .gitignore %j what a project in %s lacks', async (present, language, wanted) => {
    await write('.gitignore', present);
    const { stdout } = await init(['--language', language, '--json']);

    expect(await read('.gitignore')).toBe(wanted);
    expect((JSON.parse(stdout) as { changed: string[] }).changed).toEqual(
      present === wanted ? [] : ['.gitignore'],
    );
  });

  it('`init` appends nothing that the .gitignore of the repository ignores', async () => {
    await write('.gitignore', 'node_modules\n');
    await write('packages/prices/package.json', '{}');
    await init(['--language', 'python'], path.join(folder, 'packages/prices'));

    expect(await read('packages/prices/.gitignore')).toBe('__pycache__/\n');
  });

  it.each([
    ['vitest', 'src/hello.test.js', 'vitest run', 'vi.setConfig'],
    ['jest', 'src/hello.test.js', 'NODE_OPTIONS=--experimental-vm-modules jest', 'jest.setTimeout'],
  ])('`init` in a project with %s writes a test for it', async (runner, file, command, text) => {
    await write('package.json', JSON.stringify({ type: 'module', devDependencies: { [runner]: '*' } }));
    await init();

    expect(await read(file)).toContain(text);
    expect(await read(file)).not.toContain('node:test');
    expect((await manifest())['scripts']?.['test']).toBe(command);
  });

  it.each([
    ['conftest.py', ''],
    ['tests/conftest.py', ''],
    ['pytest.ini', ''],
    ['pyproject.toml', '[tool.pytest.ini_options]\ntestpaths = ["tests"]\n'],
    ['pyproject.toml', '[dependency-groups]\ndev = ["ruff", "pytest>=8"]\n'],
    ['pyproject.toml', '[tool.poetry.group.dev.dependencies]\npytest-cov = "^5"\n'],
    ['setup.cfg', '[tool:pytest]\n'],
    ['tox.ini', '[pytest]\n'],
    ['requirements-dev.txt', 'ruff\npytest==8.0\n'],
  ])(
    '`init` in a project whose %s shows that it uses pytest writes a script for it: %j',
    async (file, text) => {
      await write(file, text);
      await init(['--language', 'python']);

      expect((await manifest())['scripts']?.['test']).toBe('python3 -m pytest test_hello.py');
      expect(await read('.github/workflows/codeseeder.yml')).toContain(
        '- run: python3 -m venv /tmp/pytest && . /tmp/pytest/bin/activate && pip install pytest && eval',
      );
    },
  );

  it.each([
    ['pyproject.toml', '[project]\nname = "no-pytest"\n# pytest\n'],
    ['requirements.txt', '# pytest\nrequests\n'],
    ['tox.ini', '[testenv]\n'],
  ])('`init` in a project whose %s shows no pytest writes a script for unittest: %j', async (file, text) => {
    await write(file, text);
    await init(['--language', 'python']);

    expect((await manifest())['scripts']?.['test']).toBe('python3 -m unittest');
    expect(await read('.github/workflows/codeseeder.yml')).not.toContain('pytest');
  });

  it.each([
    ['pyproject.toml', 'python', 'test_hello.py'],
    ['tsconfig.json', 'typescript', 'src/hello.test.ts'],
    ['index.mjs', 'javascript', 'src/hello.test.js'],
  ])('`init` in a folder with %s writes %s', async (present, language, test) => {
    await write(present, '');
    const { stdout } = await init(['--json']);

    expect(JSON.parse(stdout)).toMatchObject({ language });
    expect(await files()).toContain(test);
  });

  it.each([
    [{ codeseeder: '^0.1.0', 'aws-cdk-lib': '^2.0.0' }, 'python'],
    [{ codeseeder: '^0.1.0', express: '^5.0.0' }, 'javascript'],
  ])(
    '`init` in a Python project whose package.json has the dependencies %j proposes %s',
    async (dependencies, language) => {
      await write('requirements.txt', '');
      await write('package.json', JSON.stringify({ dependencies }));
      const { stdout } = await init(['--json']);

      expect(JSON.parse(stdout)).toMatchObject({ language });
    },
  );

  it('`init` leaves files that exist, and says what to add by hand', async () => {
    await write('src/hello.ts', 'mine');
    await write('tsconfig.json', '{}');
    await write('.gitlab-ci.yml', 'mine: {}');
    const { exitCode, stdout } = await init();

    expect(exitCode).toBe(0);
    expect(await Promise.all(['src/hello.ts', 'tsconfig.json', '.gitlab-ci.yml'].map(read))).toEqual([
      'mine',
      '{}',
      'mine: {}',
    ]);
    expect(await files()).not.toContain('src/hello.test.ts');
    expect(stdout).toMatch(/src\/hello\.ts: copy the example from .*\/examples\/init\/typescript\/hello\.ts/);
    expect(stdout).toMatch(/\.gitlab-ci\.yml: add the jobs of .*\/examples\/init\/ci\/gitlab\.yml/);
    expect(stdout).toContain('tsconfig.json: set "module": "nodenext"');
    expect(stdout).toContain(`npx codeseeder run -- 'echo`);
  });

  it('`init` changes nothing when it runs again', async () => {
    await init();
    const { stdout } = await init(['--json']);

    expect(JSON.parse(stdout)).toMatchObject({ written: [], changed: [], left: [] });
  });

  it('`init` in a member of a workspace writes the CI file at the top, with the folder of the member', async () => {
    await write('package.json', '{"workspaces":["packages/*"]}');
    await write('pnpm-lock.yaml', '');
    await write('packages/prices/package.json', '{"type":"module"}');
    const { stdout } = await init([], path.join(folder, 'packages/prices'));
    const workflow = parse(await read('.github/workflows/codeseeder.yml')) as {
      defaults: unknown;
      jobs: { run: { steps: { with?: unknown }[] } };
    };

    expect(workflow.defaults).toEqual({ run: { 'working-directory': 'packages/prices' } });
    expect(workflow.jobs.run.steps.at(-1)?.with).toMatchObject({ 'working-directory': 'packages/prices' });
    expect(await files()).toContain('packages/prices/src/hello.js');
    expect(stdout).toContain('\n  pnpm install\n  eval "$(pnpm exec codeseeder local up my-kit --detach)"\n');
  });
});

describe('The config of `init`', () => {
  const KINDS: readonly [kind: string, language: string, manifest: string, file: string][] = [
    ['an ES module', 'typescript', '{"type":"module"}', 'codeseeder.config.ts'],
    ['a CommonJS module', 'typescript', '{}', 'codeseeder.config.mts'],
    ['an ES module', 'javascript', '{"type":"module"}', 'codeseeder.config.js'],
    ['a CommonJS module', 'javascript', '{}', 'codeseeder.config.js'],
    ['JSON', 'python', '{}', 'codeseeder.config.json'],
  ];

  /** Runs `init` in a project with the built package. */
  const initBuilt = async (language: string, json: string) => {
    await write('package.json', json);
    await mkdir(path.join(folder, 'node_modules'));
    await symlink(REPOSITORY, path.join(folder, 'node_modules/codeseeder'));
    await init(['--language', language, '--seedkit', 'prices']);
  };

  it.each(KINDS)(
    'The config of %s in %s in a project with %s is %s, and commands can read it',
    async (...kind) => {
      const [, language, json, file] = kind;
      await initBuilt(language, json);

      expect(await loadConfig(folder, 'local')).toMatchObject({
        file: path.join(folder, file),
        seedkit: 'prices',
        local: true,
      });
      expect(await loadConfig(folder, 'aws')).toMatchObject({ seedkit: 'prices', local: undefined });
      const modules = language === 'python' ? { hello: path.join(folder, 'hello') } : undefined;
      expect((await loadConfig(folder))?.options?.localModules).toEqual(modules);
    },
  );

  it('TypeScript accepts each config in its project, and finds a mistake in it', async () => {
    await mkdir(path.join(folder, 'node_modules'));
    await symlink(REPOSITORY, path.join(folder, 'node_modules/codeseeder'));
    const found: string[] = [];
    const wrong: string[] = [];
    for (const [index, [, language, json, file]] of KINDS.slice(0, 4).entries()) {
      await write(`${index}/package.json`, json);
      await init(['--language', language, '--ci', 'none', String(index)]);
      found.push(path.join(folder, `${index}/${file}`));
      wrong.push(path.join(folder, `${index}/wrong.${file}`));
      await write(`${index}/wrong.${file}`, (await read(`${index}/${file}`)).replace("'my-kit'", '1'));
    }
    const settings = ts.readConfigFile(path.join(folder, '0/tsconfig.json'), ts.sys.readFile);
    const own = ts.parseJsonConfigFileContent(settings.config, ts.sys, path.join(folder, '0'));
    // One program for all, without the DOM: most of its time is for declarations.
    const options = { ...own.options, lib: ['lib.es2022.d.ts'], types: [], allowJs: true };
    const program = ts.createProgram([...found, ...wrong], options);
    const problems = (file: string) =>
      program.getSemanticDiagnostics(program.getSourceFile(file)).map(({ code }) => code);

    expect(own.fileNames).toContain(found[0]);
    expect(found.flatMap(problems)).toEqual([]);
    // "Type 'number' is not assignable to type 'string'."
    expect(wrong.map(problems)).toEqual([[2322], [2322], [2322], [2322]]);
  });

  it.each([
    ['in the folder', 'codeseeder.config.json', '.'],
    ['above the folder', 'codeseeder.config.mjs', 'packages/prices'],
  ])(
    '`init` leaves a broken config %s as it is, and the CI file names the seedkit',
    async (_, file, below) => {
      await write(file, 'mine');
      await write(path.join(below, 'package.json'), '{}');
      const { stdout } = await init(['--language', 'python'], path.join(folder, below));
      const { jobs } = parse(await read('.github/workflows/codeseeder.yml')) as {
        jobs: { run: { steps: object[] } };
      };

      expect(await read(file)).toBe('mine');
      expect((await files()).filter((name) => name.includes('codeseeder.config'))).toEqual([file]);
      expect(stdout).toMatch(
        /codeseeder\.config\.m?js(on)?: add these lines to (its object|the object that it exports):\n/,
      );
      expect(stdout).toContain(`run hello:hello '"world"' --local-module hello=./hello\n`);
      expect(stdout).not.toContain('--environment aws');
      expect(jobs.run.steps.at(-1)).toMatchObject({
        with: { seedkit: 'my-kit', options: '{"localModules":{"hello":"./hello"}}' },
      });
      expect(jobs.run.steps.at(-1)).not.toHaveProperty('env');
    },
  );
});

describe('The Python code of a project', () => {
  const initPython = async (...args: string[]) => {
    const { stdout } = await init(['--language', 'python', '--ci', 'none', '--json', ...args]);
    return JSON.parse(stdout) as InitResult;
  };
  const config = async () =>
    JSON.parse(await read('codeseeder.config.json')) as { options: { localModules: object } };
  const writeAll = async (...names: string[]) => {
    for (const name of names) await write(name, '');
  };

  it('`init` includes packages, modules and requirements.txt in the config, but no tests and environments', async () => {
    await writeAll('shop/__init__.py', 'app.py', 'src/rates/__init__.py', 'src/tool.py', 'requirements.txt');
    await writeAll(
      'tests/__init__.py',
      'test_app.py',
      'app_test.py',
      'setup.py',
      'conftest.py',
      'scripts/x.py',
    );
    await writeAll('.venv/__init__.py', 'venv/pyvenv.cfg', 'venv/lib/x.py', 'node_modules/__init__.py');
    const { included } = await initPython();
    const localModules = {
      ...{ hello: './hello', shop: './shop', rates: './src/rates' },
      ...{ app: './app.py', tool: './src/tool.py' },
    };
    const requirementsFiles = { main: './requirements.txt' };

    expect(included).toEqual({ localModules, requirementsFiles, leftOut: [] });
    expect((await config()).options).toEqual({ localModules, requirementsFiles });
    expect((await loadConfig(folder))?.options?.localModules).toMatchObject({
      app: path.join(folder, 'app.py'),
    });
  });

  it('`init` reports each package and module that it does not include, with the reason', async () => {
    await writeAll('my-script.py', 'import.py', 'secrets/__init__.py', 'shop/__init__.py', 'src/shop.py');
    await writeAll('tool/__init__.py', 'tool/setup.py', 'data/__init__.py', 'data/dist/x');
    await truncate(path.join(folder, 'data/dist/x'), 60 * 1024 * 1024);
    await write('large/__init__.py', '');
    await write('large/model.bin', '');
    await truncate(path.join(folder, 'large/model.bin'), 60 * 1024 * 1024);
    const { included } = await initPython();

    expect(included?.localModules).toEqual({ hello: './hello', shop: './shop', data: './data' });
    expect(included?.leftOut.map(({ file, advice }) => `${file}: ${advice.split(/[;,]/)[0]}`)).toEqual([
      'large: it has more than 5',
      'secrets: it would replace the module secrets of Python',
      'tool: it is a project of its own',
      'import.py: import is not a name that Python imports',
      'my-script.py: my-script is not a name that Python imports',
      'src/shop.py: ./shop has the same name',
    ]);
  });

  it.each([
    [
      'a module of a package',
      { 'tool/release.py': 'import os\n\ndef deploy(stage):\n' },
      'tool.release:deploy',
    ],
    ['a package itself', { 'tool/__init__.py': 'async def start ():\n' }, 'tool:start'],
    ['a package below', { 'tool/aws/__init__.py': '', 'tool/aws/a.py': 'def f():\n' }, 'tool.aws.a:f'],
    ['a file after a package', { 'app.py': 'def main():\n' }, 'app:main'],
    ['a module after a private function', { 'tool/a.py': 'def _f():\n  def g():\n\ndef h():\n' }, 'tool.a:h'],
    [
      'a module after a decorated function',
      { 'app.py': '@click.command()\ndef a():\n\ndef b():\n' },
      'app:b',
    ],
  ])('`init` suggests a function of %s', async (_, contents, target) => {
    await write('tool/__init__.py', '');
    await write('tool/_private.py', 'def no():\n');
    await write('tool/test_it.py', 'def no():\n');
    for (const [file, text] of Object.entries(contents)) await write(file, text);
    const { stdout } = await init(['--language', 'python', '--ci', 'none']);

    expect(stdout).toMatch(new RegExp(`^A function of your own: npx codeseeder run ${target}$`, 'm'));
  });

  it('`init` suggests no function of a project that has none', async () => {
    await write('tool/__init__.py', 'class Tool:\n  def run(self):\n');
    await write('tool/data/names.py', 'def not_in_a_package():\n');
    const { stdout } = await init(['--language', 'python', '--ci', 'none']);

    expect(stdout).toContain('./tool');
    expect(stdout).not.toContain('A function of your own');
  });

  it('`init` includes at most 50 packages and modules', async () => {
    await writeAll(...Array.from({ length: 52 }, (_, index) => `job_${index + 10}.py`));
    const { included } = await initPython();

    expect(included?.leftOut.map(({ file }) => file)).toEqual(['job_60.py', 'job_61.py']);
  });

  it('`init` says how to install the packages that only a pyproject.toml names', async () => {
    await write('pyproject.toml', '[project]\nname = "shop"\ndependencies = ["requests"]\n');
    await writeAll('src/shop/__init__.py');
    const { included } = await initPython();

    expect(included?.leftOut).toEqual([
      {
        file: 'pyproject.toml',
        advice:
          'runs do not install the packages that it names. To install this project with them, set shop in localModules to "."',
      },
    ]);
  });

  it.each(['hello.py', 'hello/names.py', 'src/hello/__init__.py'])(
    '`init` writes no example that would hide %s',
    async (file) => {
      await write(file, 'mine');
      const { left, written, included, next } = await initPython();

      expect(await read(file)).toBe('mine');
      expect(written).not.toContain('hello/__init__.py');
      expect(left).toEqual([
        { file: expect.stringMatching(/hello/), advice: expect.stringContaining('under another name') },
      ]);
      expect(included?.localModules['hello'] ?? './hello').not.toBe('./hello/__init__.py');
      expect(next.at(-1)).toContain('run -- ');
    },
  );

  it('`init` adds what is missing to a config in JSON, and keeps what it has, with its order and indentation', async () => {
    const present = { options: { labels: { team: 'data' }, localModules: { app: '.' } }, seedkit: 'prices' };
    await write('codeseeder.config.json', JSON.stringify(present, undefined, '\t'));
    await writeAll('app.py', 'shop/__init__.py');
    const { changed, left, next } = await initPython();

    expect(await read('codeseeder.config.json')).toBe(
      `${JSON.stringify(
        {
          options: {
            labels: { team: 'data' },
            localModules: { app: '.', hello: './hello', shop: './shop' },
          },
          seedkit: 'prices',
          environments: { local: { local: true }, aws: {} },
        },
        undefined,
        '\t',
      )}\n`,
    );
    expect({ changed, left }).toEqual({ changed: ['codeseeder.config.json'], left: [] });
    expect(next.join('\n')).toContain('local up prices --detach');
    expect((await initPython()).changed).toEqual([]);
    expect((await initPython('--seedkit', 'other')).left.map(({ advice }) => advice)).toContainEqual(
      expect.stringContaining('names the seedkit prices, but the example uses other'),
    );
  });

  it.each([
    [
      'without options',
      "export default defineConfig({ seedkit: 'a' }); // options: {}",
      [
        [
          'the object that it exports',
          ['options: {', '  localModules: {', "    hello: './hello',", "    shop: './shop',", '  },'].concat([
            '  requirementsFiles: {',
            "    main: './requirements.txt',",
            '  },',
            '},',
          ]),
        ],
      ],
    ],
    [
      'with a local module',
      "export default { options: { localModules: { hello: './hello' } } }",
      [
        ['the object that it exports', ["seedkit: 'my-kit',"]],
        ['localModules', ["shop: './shop',"]],
        ['options', ['requirementsFiles: {', "  main: './requirements.txt',", '},']],
      ],
    ],
    [
      'with everything',
      "export default { seedkit: 'a', options: { requirementsFiles: {}, localModules: { hello: './hello', shop: './lib' } } }",
      [],
    ],
  ])('`init` prints the lines that a config with code lacks: %s', async (_, text, wanted) => {
    await write('codeseeder.config.mjs', text);
    await writeAll('shop/__init__.py', 'requirements.txt');
    const { left, included } = await initPython();

    expect(left).toEqual(
      wanted.map(([place, lines]) => ({
        file: 'codeseeder.config.mjs',
        advice: `add these lines to ${String(place)}`,
        lines,
      })),
    );
    expect(await read('codeseeder.config.mjs')).toBe(text);
    expect(included !== undefined).toBe(wanted.length === 0);
  });

  it('`init` prints lines of JSON, with paths from the config, for a config above the project', async () => {
    await write('codeseeder.config.json', '{ "seedkit": "a" }');
    const { stdout } = await init(['--language', 'python', '--json'], path.join(folder, 'packages'));

    expect((JSON.parse(stdout) as InitResult).left).toContainEqual({
      file: '../codeseeder.config.json',
      advice: 'add these lines to its object',
      lines: ['"options": {', '  "localModules": {', '    "hello": "./packages/hello"', '  }', '}'],
    });
  });
});

describe('The text of `init` on a narrow terminal', () => {
  /** Returns the lines of `init` on a terminal. */
  const linesAt = async (columns: number, place = folder) => {
    const terminal = aTerminal({ workingFolder: folder, environment: { CI: '1' } });
    Object.assign(terminal.stdout, { isTTY: true, columns });
    await main(['init', place, '--language', 'python', '--dry-run'], terminal);
    return terminal.stdout.text.split('\n');
  };

  it.each([80, 40])(
    'Every line with a space fits a terminal of %i columns, but for commands',
    async (columns) => {
      await write('my-script.py', '');
      await write('.gitlab-ci.yml', 'mine');
      const lines = await linesAt(columns);
      const long = lines.filter((line) => line.length > columns && /\s/.test(line.trim()));

      expect(long.filter((line) => !/^eval "\$\(.*\)"$|^Wrote|`\/|^\/tmp/.test(line))).toEqual([]);
      expect(lines.join('\n')).toContain('digits');
    },
  );

  it('A command of `init` that is longer than the terminal is broken where the shell joins it', async () => {
    const lines = await linesAt(40, path.join(folder, 'with a space'));

    expect(lines.join('\n').replaceAll(/ \\\n */g, ' ')).toContain(
      '\n  eval "$(npx codeseeder local up my-kit --detach)"\n',
    );
    expect(lines).toContain("  cd 'with a space'");
  });
});

describe('The files for continuous integration', () => {
  it.each([
    ['javascript', 'src/hello.js#hello'],
    ['python', 'hello:hello'],
  ])(
    'The GitHub workflow of `init` runs the function in %s with inputs of the action, in the environment aws',
    async (language, target) => {
      await init(['--language', language]);
      const { jobs } = parse(await read('.github/workflows/codeseeder.yml')) as {
        jobs: { run: { steps: { env?: object; with: Record<string, string> }[] } };
      };
      const { env, with: inputs = {} } = jobs.run.steps.at(-1) ?? {};
      const action = parse(
        await readFile(path.join(REPOSITORY, 'examples/github-action/action.yml'), 'utf8'),
      ) as { inputs: object };

      expect(env).toEqual({ CODESEEDER_ENVIRONMENT: 'aws' });
      expect(inputs).toMatchObject({ target, args: '["world"]' });
      expect(inputs).not.toHaveProperty('options');
      expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(inputs)));
    },
  );

  it('The GitLab file of `init` has the jobs, and the template that they extend', async () => {
    await init(['--ci', 'gitlab']);
    const jobs = parse(await read('.gitlab-ci.yml')) as Record<string, Record<string, unknown>>;

    expect(jobs['test']?.['script']).toEqual(['npm ci', 'npm test']);
    expect(jobs['run']?.['variables']).toEqual({
      CODESEEDER_INSTALL: 'npm ci',
      CODESEEDER_ENVIRONMENT: 'aws',
      CODESEEDER_TARGET: 'src/hello.ts#hello',
      CODESEEDER_ARGS: '["world"]',
    });
    expect(jobs[String(jobs['run']?.['extends'])]).toMatchObject({ script: expect.any(Array) });
  });
});

describe('`init` with a mistake', () => {
  it.each([
    ['--seedkit', 'My_Kit'],
    ['--language', 'cobol'],
    ['--ci', 'jenkins'],
  ])('`init %s %s` exits with 2 and writes nothing', async (flag, value) => {
    expect((await init([flag, value])).exitCode).toBe(2);
    expect(await files()).toEqual([]);
  });

  it.each([
    ['{', 'is not JSON'],
    ['[]', 'is not a JSON object'],
    ['{"scripts":1}', 'scripts in'],
  ])('`init` refuses the package.json %s, and writes nothing', async (text, message) => {
    await write('package.json', text);
    const { exitCode, stderr } = await init();

    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
    expect(await files()).toEqual(['package.json']);
    expect(await read('package.json')).toBe(text);
  });

  it('`init` that cannot write a file removes what it wrote, and restores what it changed', async () => {
    await write('package.json', '{"type":"module"}');
    // A link to nothing cannot be created, and is not a file that exists.
    await mkdir(path.join(folder, '.github/workflows'), { recursive: true });
    await symlink('nothing', path.join(folder, '.github/workflows/codeseeder.yml'));
    const { exitCode, stderr } = await init(['--language', 'typescript']);

    expect(exitCode).toBe(2);
    expect(stderr).toContain('codeseeder.yml cannot be written, so nothing was changed');
    expect(await files()).toEqual(['.github/workflows/codeseeder.yml', 'package.json']);
    expect(await read('package.json')).toBe('{"type":"module"}');
    expect(await readdir(folder)).not.toContain('src');
  });

  it('`init` refuses a file in place of a folder', async () => {
    await write('file', '');

    expect((await init(['file'])).stderr).toContain('is a file. Give the folder of a project.');
  });
});

describe('`init` on a terminal', () => {
  const ask = async (answer: string, args: readonly string[] = []) => {
    const stdin = Object.assign(Readable.from([answer]), { isTTY: true });
    const terminal = aTerminal({ workingFolder: folder, stdin });
    terminal.stderr.isTTY = true;
    const exitCode = await main(['init', '--json', ...args], terminal);
    const ended = { exitCode, stdout: terminal.stdout.text, stderr: terminal.stderr.text };
    holdToShape(['init', '--json'], ended);
    return ended;
  };

  it.each([
    ['\n', 'typescript'],
    ['p\n', 'python'],
    ['JavaScript\n', 'javascript'],
  ])('`init` takes the answer %j as %s', async (answer, language) => {
    const { stdout, stderr } = await ask(answer);

    expect(stderr).toContain('Language: typescript, javascript, python [typescript]: ');
    expect(JSON.parse(stdout)).toMatchObject({ language });
  });

  it('`init` refuses another answer, and writes nothing', async () => {
    expect(await ask('rust\n')).toMatchObject({ exitCode: 2 });
    expect(await files()).toEqual([]);
  });

  it.each([[['--yes']], [['--language', 'typescript']]])('`init` asks nothing with %j', async (args) => {
    expect((await ask('p\n', args)).stderr).toBe('');
    expect(await files()).toContain('src/hello.ts');
  });
});
