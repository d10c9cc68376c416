import { mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';

import { createProjects, type Project } from '../project.js';
import { runBundled } from './run-bundled.js';

const REPOSITORY = path.resolve(import.meta.dirname, '../../../..');

const projects = createProjects();
let project: Project;

beforeEach(async () => {
  project = await projects.make();
  await project.write({ 'package.json': '{"type":"module"}' });
});
afterAll(() => projects.removeAll());

/** Installs packages of this repository as symbolic links, as some package managers do. */
async function install(...names: readonly string[]): Promise<void> {
  await mkdir(project.at('node_modules'), { recursive: true });
  for (const name of names)
    await symlink(path.join(REPOSITORY, 'node_modules', name), project.at(`node_modules/${name}`));
}

describe('functions that use large packages', () => {
  it('A bundled function synthesizes a stack with aws-cdk-lib, with a resource whose code is a file of the package', async () => {
    await install('aws-cdk-lib', 'constructs');
    await project.write({
      'synth.mjs': `
        import { mkdtempSync, rmSync } from 'node:fs';
        import { tmpdir } from 'node:os';
        import path from 'node:path';
        import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
        import { Bucket } from 'aws-cdk-lib/aws-s3';
        import { Construct } from 'constructs';
        export function f() {
          // Its validation of templates takes seconds.
          process.env.CDK_VALIDATION = 'false';
          const outdir = mkdtempSync(path.join(tmpdir(), 'codeseeder-cdk-'));
          const app = new App({ outdir });
          const stack = new Stack(app, 'S');
          new Bucket(stack, 'B', { autoDeleteObjects: true, removalPolicy: RemovalPolicy.DESTROY });
          const names = Object.keys(app.synth().getStackByName('S').template.Resources);
          rmSync(outdir, { recursive: true });
          return [stack instanceof Construct, names.some((name) => name.startsWith('CustomS3AutoDeleteObjects'))];
        }`,
    });

    expect((await runBundled(project.at('synth.mjs'), 'f')).value).toEqual([true, true]);
  });

  it("A bundled function compiles with TypeScript's API, which reads its libraries beside itself", async () => {
    await install('typescript');
    await project.write({
      'check.ts': `
        import ts from 'typescript';
        export function f() {
          const options = { noEmit: true, lib: ['lib.es2022.d.ts'], types: [] };
          const host = ts.createCompilerHost(options);
          const { readFile, fileExists, getSourceFile } = host;
          const text = 'export const n: number = [1, 2].at(-1) ?? "text";';
          host.fileExists = (file) => file === 'a.ts' || fileExists.call(host, file);
          host.readFile = (file) => (file === 'a.ts' ? text : readFile.call(host, file));
          host.getSourceFile = (file, ...rest) =>
            file === 'a.ts' ? ts.createSourceFile(file, text, ts.ScriptTarget.ES2022) : getSourceFile.call(host, file, ...rest);
          return ts.getPreEmitDiagnostics(ts.createProgram(['a.ts'], options, host)).map(({ code }) => code);
        }`,
    });

    expect((await runBundled(project.at('check.ts'), 'f')).value).toEqual([2322]);
  });
});
