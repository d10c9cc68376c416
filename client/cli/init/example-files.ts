import path from 'node:path';

import { kindAt } from '../../bundle/python/local-reference.js';
import type { Project, TestRunner } from './find-project.js';
import type { Language } from './init-flags.js';
import { readTemplate, templatePath, type PlannedFile } from './planned-file.js';

/** The forms of the example: templates, and the files that are written from them. */
export interface ExampleForm {
  readonly source: readonly [template: string, file: string];
  readonly test: readonly [template: string, file: string];
  readonly config: readonly [template: string, file: string];
  /** Command that runs the test, as words of a shell. */
  readonly testCommand: string;
}

/** Import of Node.js's test runner in the templates. */
const NODE_TEST = /^import \{ after, before, test \} from 'node:test';$/m;

const WHY_TIMEOUT = '// A local AWS and a run may take longer to start than the default of 5 seconds.';

const IMPORTS: Readonly<Record<Exclude<TestRunner, 'node'>, string>> = {
  vitest: `import { afterAll as after, beforeAll as before, test, vi } from 'vitest';\n\n${WHY_TIMEOUT}\nvi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });`,
  jest: `import { afterAll as after, beforeAll as before, jest, test } from '@jest/globals';\n\n${WHY_TIMEOUT}\njest.setTimeout(300_000);`,
};

const RUNNER_COMMANDS: Readonly<Record<Exclude<TestRunner, 'node'>, string>> = {
  vitest: 'vitest run',
  // Jest loads ES modules, such as codeseeder, only with this option.
  jest: 'NODE_OPTIONS=--experimental-vm-modules jest',
};

/** Returns the form of the example that works in a project. */
export function formOf({ isModule, testRunner, pythonTests }: Project, language: Language): ExampleForm {
  if (language === 'python') {
    return {
      source: ['init/python/hello/__init__.py', 'hello/__init__.py'],
      test: ['init/python/test_hello.py', 'test_hello.py'],
      config: ['init/python/codeseeder.config.json', 'codeseeder.config.json'],
      // The settings of pytest may name folders of tests, of which the example is in none.
      testCommand: pythonTests === 'pytest' ? 'python3 -m pytest test_hello.py' : 'python3 -m unittest',
    };
  }
  const form = moduleForm(isModule, testRunner, language);
  return testRunner === 'node' ? form : { ...form, testCommand: RUNNER_COMMANDS[testRunner] };
}

function moduleForm(isModule: boolean, testRunner: TestRunner, language: Language): ExampleForm {
  if (language === 'typescript') {
    // In a CommonJS project, only .mts files are ES modules, which `import.meta` needs.
    const extension = isModule ? 'ts' : 'mts';
    return {
      source: ['init/typescript/hello.ts', `src/hello.${extension}`],
      test: ['init/typescript/hello.test.ts', `src/hello.test.${extension}`],
      config: ['init/typescript/codeseeder.config.ts', `codeseeder.config.${extension}`],
      testCommand: `node --import tsx --test src/*.test.${extension}`,
    };
  }
  const config = isModule
    ? (['init/javascript/codeseeder.config.mjs', 'codeseeder.config.js'] as const)
    : (['init/commonjs/codeseeder.config.cjs', 'codeseeder.config.js'] as const);
  // The module systems of vitest and jest cannot require() codeseeder, which is an ES module.
  if (!isModule && testRunner === 'node') {
    return {
      source: ['init/commonjs/hello.cjs', 'src/hello.js'],
      test: ['init/commonjs/hello.test.cjs', 'src/hello.test.js'],
      config,
      testCommand: 'node --test src/*.test.js',
    };
  }
  const extension = isModule ? 'js' : 'mjs';
  return {
    source: ['init/javascript/hello.mjs', `src/hello.${extension}`],
    test: ['init/javascript/hello.test.mjs', `src/hello.test.${extension}`],
    config,
    testCommand: `node --test src/*.test.${extension}`,
  };
}

/** Returns the module with the function, and its test. */
export async function exampleFiles(
  project: Project,
  form: ExampleForm,
  seedkit: string,
): Promise<{ source: PlannedFile; test: PlannedFile }> {
  const compiled = path.basename(form.source[1]).replace(/ts$/, 'js');
  const plan = async ([template, file]: readonly [string, string]): Promise<PlannedFile> => ({
    file: path.join(project.folder, file),
    contents: (await readTemplate(template))
      .replaceAll('my-kit', seedkit)
      .replace(/(?<='\.\/)hello\.[mc]?js(?=')/, compiled)
      .replace(NODE_TEST, (found) => (project.testRunner === 'node' ? found : IMPORTS[project.testRunner])),
    advice: `copy the example from \`${await templatePath(template)}\` to another file`,
  });
  const source = await plan(form.source);
  const hidden = form.source[1] === 'hello/__init__.py' ? await hiddenModule(project.folder) : undefined;
  const template = await templatePath(form.source[0]);
  const advice = `it is the module hello already, which the example would hide; copy the example from \`${template}\` under another name, and use that name in the file for continuous integration`;
  return {
    source: hidden === undefined ? source : { ...source, hidden, advice },
    test: await plan(form.test),
  };
}

/** Finds code of the project that Python imports as `hello`, and would no longer find beside the example. */
async function hiddenModule(folder: string): Promise<string | undefined> {
  const places = ['hello.py', 'src/hello/__init__.py', 'src/hello.py'].map((place) =>
    path.join(folder, place),
  );
  for (const place of places) if ((await kindAt(place)) === 'file') return place;
  const namespace = path.join(folder, 'hello');
  const isPackage = (await kindAt(path.join(namespace, '__init__.py'))) === 'file';
  return !isPackage && (await kindAt(namespace)) === 'folder' ? namespace : undefined;
}
