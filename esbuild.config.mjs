// Bundles what runs on its own outside this package: the Lambda handlers and the runners inside each build. It runs
// after tsc, and clears away what that made of sources that are gone.
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { build } from 'esbuild';

// tsc has made it.
import { writeZip } from './dist/client/bundle/write-zip.js';
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
await zipPython('client/runner-logins-python', 'dist/lambdas/prepare-run/registry-logins.pyz');
const files = bundles.flatMap((bundle) => bundle?.outputFiles ?? []);
await Promise.all(files.map(replace));

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
