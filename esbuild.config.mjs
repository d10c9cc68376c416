// Bundles what runs on its own outside this package: the Lambda handlers and the runners inside each build.
import { cp, readdir, rm } from 'node:fs/promises';
import path from 'node:path';

import { build } from 'esbuild';

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
};

// Written over and swept afterwards, never removed first: a place that is up reads these folders at any time.
await Promise.all([
  cp('client/runner-python', 'dist/runner-python', {
    recursive: true,
    filter: (source) => !source.endsWith('__pycache__'),
  }),
  build({
    ...shared,
    entryPoints: handlers,
    outdir: 'dist/lambdas',
    target: 'node20',
    // Bundled CommonJS dependencies call require for Node's own modules.
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  }),
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
    outdir: 'dist/runner',
    target: 'node18',
    // It goes into bundles, and nobody looks at its stack.
    keepNames: false,
    sourcemap: false,
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  }),
]);

const built = await readdir('dist/lambdas');
const removed = built.filter((name) => !handlers.some(({ out }) => path.dirname(out) === name));
await Promise.all(removed.map((name) => rm(path.join('dist/lambdas', name), { recursive: true })));
