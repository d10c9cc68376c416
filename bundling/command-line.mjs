// Bundles the command line and the local AWS with their packages, so that a command loads a few files instead of
// hundreds. Runs after tsc and replaces the compiled programs of both. Their other modules are not published.
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';

import { build } from 'esbuild';

import { inputsOf } from './inputs-of.mjs';
import { BANNER, MODULE_URL, ownModules } from './own-modules.mjs';
import { replaceFile } from './replace-file.mjs';
import { thirdPartyLicenses } from './third-party-licenses.mjs';

const FOLDER = path.resolve('dist/bundled');
const LICENSES = 'THIRD-PARTY-LICENSES';

/** Packages that have native code or read files of their own, and optional packages. */
const EXTERNAL = [
  '@aws-cdk/*',
  'aws-cdk-lib',
  'constructs',
  'classic-level',
  'dynalite',
  'esbuild',
  'typescript',
];

// Nothing is minified, so that stacks have the names of functions, and esbuild's comments name the module of each part.
const shared = {
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  legalComments: 'none',
  logLevel: 'warning',
  write: false,
};

const [{ outputFiles, metafile }, worker] = await Promise.all([
  build({
    ...shared,
    entryPoints: [
      { in: 'bin/codeseeder.ts', out: 'bin/codeseeder' },
      { in: 'lib/local/index.ts', out: 'bundled/local' },
    ],
    // Code that only some commands load gets a file of its own.
    splitting: true,
    chunkNames: 'bundled/[name]-[hash]',
    external: EXTERNAL,
    // Prefers the ES modules of a package, because esbuild drops unused code of ES modules only.
    mainFields: ['module', 'main'],
    define: { 'import.meta.url': MODULE_URL },
    banner: { js: BANNER },
    plugins: [ownModules(process.cwd(), ['bin', 'client', 'lib'])],
    metafile: true,
  }),
  build({
    ...shared,
    entryPoints: [{ in: 'lib/local/lambda/worker-program.ts', out: 'lib/local/lambda/worker-program' }],
  }),
]);

const licenses = await thirdPartyLicenses('The files in this folder contain', inputsOf(metafile));
const chunks = outputFiles.filter(({ path: file }) => path.dirname(file) === FOLDER);
const programs = [...outputFiles, ...worker.outputFiles].filter((file) => !chunks.includes(file));
// The programs come last: they load the other files.
await replaceFiles([{ path: path.join(FOLDER, LICENSES), contents: Buffer.from(licenses) }, ...chunks]);
await replaceFiles(programs);

const current = new Set([LICENSES, ...chunks.map(({ path: file }) => path.basename(file))]);
const stale = (await readdir(FOLDER)).filter((name) => !current.has(name));
await Promise.all(stale.map((name) => rm(path.join(FOLDER, name), { force: true })));

async function replaceFiles(files) {
  await Promise.all(files.map(({ path: file, contents }) => replaceFile(file, contents)));
}
