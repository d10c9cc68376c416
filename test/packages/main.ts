/**
 * Uses npm packages in functions, in real builds of a local AWS: `npm run soak:packages`, or `-- sharp pino` for some
 * of them. `-- --keep` keeps their projects. Each is installed from the registry into a project of its own
 * with the packed tarball of this checkout; its function (test/fixtures/packages) must give in the build what it gives
 * at home. Prints a row for each and `N passed, M failed`; ends with 1 when any failed.
 *
 * These ten packages are the most likely ones in deployment code. Each has a property that makes packing hard:
 * - aws-cdk-lib: what such code is mostly written with; reads assets and WebAssembly beside itself.
 * - @aws-sdk/client-s3, for all of the SDK's clients: calls AWS; plain code, and much of it.
 * - esbuild: bundles what is deployed; a binary of the platform, found from beside the package.
 * - typescript: compiles and checks what is deployed; reads the language's types beside itself.
 * - knex with pg: migrates a database after a deployment; names its drivers as optional peers and by computed imports.
 * - typeorm with sql.js: the same with decorators and dozens of optional drivers; sql.js is WebAssembly.
 * - sharp: makes the images of a site; a native addon that loads a library of another package.
 * - pino: logs; its transports are workers that load packages named in strings.
 * - playwright-core: tests what was deployed; reads files beside itself.
 * - shelljs: shell scripts in JavaScript; imports its commands by computed names and starts a script beside itself.
 *
 * Not included are packages of plain code, which every bundler supports (yaml, execa, axios, ...), and packages that
 * only run in deployed code (express).
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
