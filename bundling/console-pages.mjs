// Bundles the pages of the console with their packages. `codeseeder console` serves the files in dist/console.
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { build } from 'esbuild';

import { inputsOf } from './inputs-of.mjs';
import { replaceFile } from './replace-file.mjs';
import { thirdPartyLicenses } from './third-party-licenses.mjs';

const SOURCES = 'client/console/app';
const FOLDER = path.resolve('dist/console');

const { outputFiles, metafile } = await build({
  entryPoints: [
    { in: `${SOURCES}/main.tsx`, out: 'app' },
    { in: `${SOURCES}/styles/app.css`, out: 'app' },
  ],
  outdir: FOLDER,
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['chrome123', 'firefox120', 'safari17.5'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
  write: false,
});
const licenses = await thirdPartyLicenses('The files in this folder contain', inputsOf(metafile));
await replaceFile(path.join(FOLDER, 'THIRD-PARTY-LICENSES'), Buffer.from(licenses));
for (const file of outputFiles) await replaceFile(file.path, file.contents);
for (const name of ['index.html', 'icon.svg'])
  await replaceFile(path.join(FOLDER, name), await readFile(path.join(SOURCES, name)));
