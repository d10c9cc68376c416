/**
 * Runs functions that use npm packages in builds of a local AWS: `npm run soak:packages`, or `-- sharp pino` for some
 * packages only. `-- --keep` keeps the projects. Each package is installed from the registry into its own project,
 * together with the tarball of this checkout. Its function (test/fixtures/packages) must return the same value in the
 * build as on this machine. Prints a row for each package, then `N passed, M failed`. Exits with 1 if any failed.
 * These ten packages are the most likely ones in deployment code. Each has a property that makes packing difficult:
 * - aws-cdk-lib: most deployment code uses it. Reads assets and WebAssembly from its own folder.
 * - @aws-sdk/client-s3: calls AWS, as all clients of the SDK do. Consists of many files of plain code.
 * - esbuild: bundles code before a deployment. Searches for a binary of the platform relative to its own folder.
 * - typescript: compiles and checks code. Reads type declarations from its own folder.
 * - knex with pg: migrates a database after a deployment. Its drivers are optional peer dependencies, loaded by
 *   computed imports.
 * - typeorm with sql.js: migrates a database, too. Uses decorators and dozens of optional drivers; sql.js is
 *   WebAssembly.
 * - sharp: makes images of a website. A native addon that loads a library of another package.
 * - pino: logs. Its transports are worker threads that load packages by name.
 * - playwright-core: tests a deployment. Reads files from its own folder.
 * - shelljs: runs shell commands in JavaScript. Loads its commands by computed names, and starts a script from its
 *   own folder.
 * Packages of plain code (yaml, execa, axios, ...) are not included, because every bundler supports them. Packages
 * that run only in deployed code (express) are not included either.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { startLocalSeedkit } from '../end-to-end/local-seedkit.js';
import { makeCaseProject, packCheckout } from './case-project.js';
import { differenceOf } from './compare-values.js';
import { casesNamed, type PackageCase } from './package-cases.js';

const say = (line: string) => process.stdout.write(`${line}\n`);
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { keep: { type: 'boolean', default: false } },
});
const cases = casesNamed(positionals);
const scratch = mkdtempSync(path.join(tmpdir(), 'codeseeder-packages-'));
process.once('exit', () => {
  if (values.keep) say(`the projects are in ${scratch}`);
  else rmSync(scratch, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const tarball = await packCheckout(scratch);
const seedkit = await startLocalSeedkit({ name: 'packages', dataFolder: path.join(scratch, 'place') });
const environment = { ...seedkit.environment, CODESEEDER_SEEDKIT: seedkit.name };
let failed = 0;
try {
  for (const one of cases) {
    const startedAtMs = Date.now();
    const problem = await problemOf(one);
    const seconds = Math.round((Date.now() - startedAtMs) / 1_000);
    if (problem !== undefined) failed += 1;
    const row = `${one.install.join(' ')} (${seconds} s)`;
    say(problem === undefined ? `ok    ${row}` : `FAIL  ${row}: ${problem}`);
  }
} finally {
  await seedkit.close();
}
say(`${cases.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

async function problemOf(one: PackageCase): Promise<string | undefined> {
  const folder = path.join(scratch, one.name);
  try {
    return await differenceOf(await makeCaseProject(folder, one, { tarball, environment }));
  } catch (error) {
    return `is not installed: ${error instanceof Error ? error.message : String(error)}`;
  }
}
