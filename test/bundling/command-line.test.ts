import { readFileSync } from 'node:fs';
import path from 'node:path';

import { beforeAll, describe, expect, it } from '@jest/globals';
import { build, type Metafile } from 'esbuild';

const PROJECT = path.resolve(import.meta.dirname, '../..');
const PROGRAM = 'dist/bin/codeseeder.js';

/** The imports between the files of the built command line. */
let imports: Metafile['inputs'];

beforeAll(async () => {
  const { metafile } = await build({
    absWorkingDir: PROJECT,
    entryPoints: [PROGRAM],
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    outdir: 'unused',
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  imports = metafile.inputs;
});

const importsOf = (file: string) => imports[file]?.imports.filter(({ external }) => external !== true) ?? [];

/** Returns the given files and all files that they load when they start. */
function loadedWith(files: readonly string[]): string[] {
  const loaded = new Set(files);
  for (const file of loaded) {
    for (const { path: imported, kind } of importsOf(file))
      if (kind === 'import-statement') loaded.add(imported);
  }
  return [...loaded];
}

/** Returns the packages whose code is in the files. esbuild writes the path of each module above its code. */
function packagesIn(files: readonly string[]): string[] {
  const modules = files.flatMap((file) =>
    [...readFileSync(path.join(PROJECT, file), 'utf8').matchAll(/^ *\/\/ (node_modules\/.+)$/gm)].map(
      ([, module = '']) => module,
    ),
  );
  const names = modules.flatMap((module) => /^.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(module)?.[1] ?? []);
  return [...new Set(names)].sort();
}

describe('The built command line', () => {
  it('The built command line starts with few packages, and loads the others when a command needs them', () => {
    const ofProgram = importsOf(PROGRAM).map(({ path: file }) => file);
    const atStart = loadedWith([PROGRAM, ...ofProgram]);

    expect(packagesIn(atStart)).toEqual(['commander', 'zod']);
    expect(packagesIn(Object.keys(imports))).toEqual(
      expect.arrayContaining(['@aws-sdk/client-s3', 'acorn', 'cli-table3', 'jsonata', 'string-width']),
    );
  });

  it('The built command line contains no package that has native code or reads files of its own', () => {
    const packages = packagesIn(Object.keys(imports));
    const external = ['aws-cdk-lib', 'classic-level', 'constructs', 'dynalite', 'esbuild', 'typescript'];

    expect(packages.filter((name) => external.includes(name))).toEqual([]);
  });

  it('The licenses of the built command line name each package in it with its version', () => {
    const licenses = readFileSync(path.join(PROJECT, 'dist/bundled/THIRD-PARTY-LICENSES'), 'utf8');
    const unnamed = packagesIn(Object.keys(imports)).filter(
      (name) => !new RegExp(`^${name.replaceAll('.', '\\.')} \\d+\\.\\d+\\.\\d+`, 'm').test(licenses),
    );

    expect(unnamed).toEqual([]);
  });
});
