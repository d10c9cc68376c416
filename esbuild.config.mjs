// Bundles what runs on its own outside this package: the Lambda handlers and the runners inside each build. It runs
// after tsc, and clears away what that made of sources that are gone.
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { build } from 'esbuild';

// tsc has made it.
import { writeZip } from './dist/client/bundle/write-zip.js';
import { ownMappings } from './bundling/own-mappings.mjs';
import { thirdPartyLicenses } from './bundling/third-party-licenses.mjs';
import { unusedZodLeftOut } from './bundling/unused-zod-left-out.mjs';
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
  // An ES module loses what is not used of it, and loads faster; a CommonJS one does not.
  mainFields: ['module', 'main'],
  plugins: [unusedZodLeftOut],
  metafile: true,
  // All licenses are in dist/THIRD-PARTY-LICENSES.
  legalComments: 'none',
  outExtension: { '.js': '.mjs' },
  logLevel: 'warning',
  write: false,
};

// Bundled CommonJS dependencies call require for Node's own modules.
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
    // The thread's program is handed over as text.
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    sourcemap: false,
  }),
  build({
    ...shared,
    entryPoints: [{ in: 'client/runner-logins/main.ts', out: 'registry-logins' }],
    outdir: 'dist/lambdas/prepare-run',
    target: 'node18',
    // prepare-run puts it beside each input, and nobody looks at its stack.
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

/** A program that `python3 FILE` runs: a folder with a `__main__.py`, in one file that is the same each time. */
async function zipPython(folder, file) {
  const modules = (await readdir(folder)).filter((name) => name.endsWith('.py'));
  const chunks = [];
  await writeZip(
    modules.map((name) => ({ path: name, source: path.join(folder, name) })),
    async (zip) => {
      for await (const chunk of zip) chunks.push(chunk);
    },
  );
  await replace({ path: path.resolve(file), contents: Buffer.concat(chunks) });
}

/** Whole at every instant, and untouched where nothing changed: a place that is up reads these files at any time. */
async function replace({ path: file, contents }) {
  const before = await readFile(file).catch(() => undefined);
  if (before?.equals(contents)) return;
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(`${file}.${process.pid}`, contents);
  await rename(`${file}.${process.pid}`, file);
}
