import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import type { FileEntry } from '../layer/layer.js';
import { projectRootOf } from '../files/project-root.js';

/**
 * Returns the files of the package `codeseeder` for packages that are included as files: only the client for builds,
 * for `import` and `require`.
 *
 * @param place the package's folder in the bundle
 */
export async function inBuildPackage(place: string): Promise<FileEntry[]> {
  const { build } = await import('esbuild');
  const packageFolder = await projectRootOf(fileURLToPath(import.meta.url));
  const { version } = JSON.parse(readFileSync(path.join(packageFolder, 'package.json'), 'utf8')) as {
    version: string;
  };
  const { outputFiles } = await build({
    entryPoints: [path.join(packageFolder, 'dist', 'client', 'in-build', 'index.js')],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node18',
    keepNames: true,
    logLevel: 'silent',
  });
  const manifest = {
    name: 'codeseeder',
    version,
    exports: { '.': { import: './index.mjs', require: './index.cjs' }, './package.json': './package.json' },
  };
  return [
    entry(`${place}/package.json`, JSON.stringify(manifest)),
    entry(`${place}/index.cjs`, outputFiles[0]?.text ?? ''),
    // Both formats share one instance, so that `instanceof` works for errors.
    entry(`${place}/index.mjs`, "export * from './index.cjs';\n"),
  ];
}

function entry(file: string, text: string): FileEntry {
  return { kind: 'file', path: file, mode: 0o644, content: Buffer.from(text) };
}
