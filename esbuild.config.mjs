// Bundles the programs that run outside this package: the Lambda handlers, the runners inside each build and the worker
// thread of packing. Runs after tsc, and removes the output of sources that no longer exist.
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { build } from 'esbuild';

import { ownMappings } from './bundling/own-mappings.mjs';
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
await replace({
  path: path.resolve('dist/lambdas/prepare-run/place-layers.sh'),
  contents: await readFile('client/runner-layers/place-layers.sh'),
});
await zipPython('client/runner-logins-python', 'dist/lambdas/prepare-run/registry-logins.pyz');
const files = bundles.flatMap((bundle) => bundle?.outputFiles ?? []);
await Promise.all(
  files.map((file) =>
    replace(
      file.path.endsWith('.map') ? { path: file.path, contents: Buffer.from(ownMappings(file.text)) } : file,
    ),
  ),
);
const inputs = bundles
  .flatMap((bundle) => Object.values(bundle?.metafile?.outputs ?? {}))
  .flatMap((output) => Object.entries(output.inputs))
  .flatMap(([input, { bytesInOutput }]) => (bytesInOutput > 0 ? [input] : []));
await replace({ path: 'dist/THIRD-PARTY-LICENSES', contents: Buffer.from(await thirdPartyLicenses(inputs)) });

const removed = (await readdir('dist/lambdas')).filter(
  (name) => !handlers.some(({ out }) => out === `${name}/index`),
);
await Promise.all(removed.map((name) => rm(path.join('dist/lambdas', name), { recursive: true })));
await sweepDist();

/** Writes a program that `python3 FILE` runs: the modules of a folder that has a `__main__.py`, in one file. */
async function zipPython(folder, file) {
  const modules = (await readdir(folder)).filter((name) => name.endsWith('.py'));
  const contents = await writeZip(modules.map((name) => ({ path: name, source: path.join(folder, name) })));
  await replace({ path: path.resolve(file), contents });
}

/**
 * Replaces a file if its contents changed. A local AWS that is running may read the file at any time, so it must never
 * be incomplete.
 */
async function replace({ path: file, contents }) {
  const before = await readFile(file).catch(() => undefined);
  if (before?.equals(contents)) return;
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(`${file}.${process.pid}`, contents);
  await rename(`${file}.${process.pid}`, file);
}
