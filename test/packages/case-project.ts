import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { PROJECT, start, type Ended, type Variables } from '../end-to-end/command-line-process.js';
import type { PackageCase } from './package-cases.js';

const SOURCE = 'deploy.ts';
const TSX = pathToFileURL(path.join(PROJECT, 'node_modules/tsx/dist/loader.mjs')).href;
const VALUE = 'value.json';
// Program that calls the function and writes its value to a file, because the function may print. Exits even if
// handles are open.
const KEEP_VALUE = `import { writeFileSync } from 'node:fs';
const { [process.argv[2]]: called } = await import('./${SOURCE}');
writeFileSync('${VALUE}', JSON.stringify({ value: (await called()) ?? null }));
process.exit(0);
`;

/** Creates the tarball of this checkout with `npm pack`. Does not build first. */
export async function packCheckout(folder: string): Promise<string> {
  const packing = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder];
  const file = (await succeeded(start('npm', packing).ended)).trim().split('\n').at(-1);
  if (file === undefined || file === '') throw new Error('npm pack named no tarball');
  return path.join(folder, file);
}

/** A project that contains one function, the packages that it imports, and this package. */
export interface CaseProject {
  /** Calls the function in Node.js with tsx. Prints the value in the same form as `codeseeder run --json`. */
  callAtHome(): Promise<Ended>;
  /** Runs the function in a build with `codeseeder run --json`. */
  runInBuild(): Promise<Ended>;
}

/** Creates the project and installs its packages from the registry. */
export async function makeCaseProject(
  folder: string,
  one: PackageCase,
  options: { readonly tarball: string; readonly environment: Variables },
): Promise<CaseProject> {
  await mkdir(folder, { recursive: true });
  const declared = { name: `uses-${one.name}`, version: '1.0.0', private: true, type: 'module' };
  const compilerOptions = { target: 'es2022', module: 'nodenext', experimentalDecorators: true };
  await writeFile(path.join(folder, 'package.json'), JSON.stringify(declared));
  await writeFile(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
  await writeFile(path.join(folder, 'keep-value.mjs'), KEEP_VALUE);
  await copyFile(path.join(PROJECT, 'test/fixtures/packages', `${one.name}.ts`), path.join(folder, SOURCE));
  const npm = ['install', '--no-audit', '--no-fund', '--save-exact', options.tarball, ...one.install];
  await succeeded(start('npm', npm, {}, folder).ended);
  const codeseeder = path.join(folder, 'node_modules/.bin/codeseeder');
  const run = ['run', `${SOURCE}#${one.functionName}`, '--json'];
  return {
    async callAtHome() {
      const called = ['--import', TSX, 'keep-value.mjs', one.functionName];
      const ended = await start(process.execPath, called, {}, folder).ended;
      if (ended.exitCode !== 0) return ended;
      return { ...ended, stdout: await readFile(path.join(folder, VALUE), 'utf8') };
    },
    runInBuild: () => start(codeseeder, run, options.environment, folder).ended,
  };
}

async function succeeded(ending: Promise<Ended>): Promise<string> {
  const { exitCode, stdout, stderr } = await ending;
  if (exitCode !== 0) throw new Error(stderr.trim() || `ended with ${exitCode}`);
  return stdout;
}
