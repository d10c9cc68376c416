// Bundles the programs that run outside this package: the Lambda handlers, the runners inside each build and the worker
// thread of packing. Runs after tsc, and removes the output of sources that no longer exist.
import { cp, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';

import { build } from 'esbuild';

import { inputsOf } from './bundling/inputs-of.mjs';
import { ownMappings } from './bundling/own-mappings.mjs';
import { replaceFile } from './bundling/replace-file.mjs';
import { thirdPartyLicenses } from './bundling/third-party-licenses.mjs';
import { unusedZodLeftOut } from './bundling/unused-zod-left-out.mjs';
import { writeZip } from './bundling/write-zip.mjs';
import { sweepDist } from './sweep-dist.mjs';

const handlers = (await readdir('lambdas', { withFileTypes: true }))
  .filter((entry) => entry.isDirectory())
  .map((entry) => ({ in: `lambdas/${entry.name}/handler.ts`, out: `${entry.name}/index` }));

const shared = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  minify: true,
  keepNames: true,
  sourcemap: true,
  sourcesContent: false,
  // esbuild drops unused code of ES modules, but not of CommonJS modules.
  mainFields: ['module', 'main'],
  plugins: [unusedZodLeftOut],
  metafile: true,
  // dist/THIRD-PARTY-LICENSES has all licenses.
  legalComments: 'none',
  outExtension: { '.js': '.mjs' },
  logLevel: 'warning',
  write: false,
};

// Bundled CommonJS dependencies call `require` for Node's own modules.
const banner = { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" };

const bundles = await Promise.all([
  build({ ...shared, entryPoints: handlers, outdir: 'dist/lambdas', target: 'node20', banner }),
  build({
    ...shared,
    entryPoints: [{ in: 'client/runner/main.ts', out: 'runner' }],
    outdir: 'dist/runner',
    target: 'node18',
    sourcemap: false,
  }),
  build({
    ...shared,
    entryPoints: [{ in: 'client/bundle/layer/pack-worker.ts', out: 'pack-worker' }],
    outdir: 'dist/pack-worker',
    target: 'node20',
    // A worker thread is started with the text of its program, which has to be CommonJS.
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    sourcemap: false,
  }),
  build({
    ...shared,
    entryPoints: [{ in: 'client/runner-logins/main.ts', out: 'registry-logins' }],
    outdir: 'dist/lambdas/prepare-run',
    target: 'node18',
    // prepare-run stores it beside each input, so it has to be small; its stack is never shown.
    keepNames: false,
    sourcemap: false,
    banner,
  }),
  cp('client/runner-python', 'dist/runner-python', {
    recursive: true,
    filter: (source) => !source.endsWith('__pycache__'),
  }),
]);
await replaceFile(
  path.resolve('dist/lambdas/prepare-run/place-layers.sh'),
  await readFile('client/runner-layers/place-layers.sh'),
);
await replaceFile(
  path.resolve('dist/lambdas/prepare-run/cache.sh'),
  await readFile('client/runner-cache/cache.sh'),
);
await zipPython('client/runner-logins-python', 'dist/lambdas/prepare-run/registry-logins.pyz');
const files = bundles.flatMap((bundle) => bundle?.outputFiles ?? []);
await Promise.all(
  files.map((file) =>
    replaceFile(file.path, file.path.endsWith('.map') ? Buffer.from(ownMappings(file.text)) : file.contents),
  ),
);
const inputs = bundles.flatMap((bundle) => (bundle?.metafile === undefined ? [] : inputsOf(bundle.metafile)));
await replaceFile(
  'dist/THIRD-PARTY-LICENSES',
  Buffer.from(await thirdPartyLicenses('The files in lambdas/ and runner/ contain', inputs)),
);

const removed = (await readdir('dist/lambdas')).filter(
  (name) => !handlers.some(({ out }) => out === `${name}/index`),
);
await Promise.all(removed.map((name) => rm(path.join('dist/lambdas', name), { recursive: true })));
await sweepDist();

/** Writes a program that `python3 FILE` runs: the modules of a folder that has a `__main__.py`, in one file. */
async function zipPython(folder, file) {
  const modules = (await readdir(folder)).filter((name) => name.endsWith('.py'));
  const contents = await writeZip(modules.map((name) => ({ path: name, source: path.join(folder, name) })));
  await replaceFile(path.resolve(file), contents);
}
