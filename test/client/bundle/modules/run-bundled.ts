import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import {
  bundleModules,
  type BundleModulesOptions,
} from '../../../../client/bundle/modules/bundle-modules.js';
import { putEntry } from '../put-entry.js';

/** The result of a function that was called in a folder that contains only its bundle. */
export interface BundledCall {
  readonly value: unknown;
  /** Paths of the files in the bundle, sorted. */
  readonly paths: readonly string[];
  readonly warnings: readonly string[];
}

/** Packs a module as for a run, writes the bundle to an empty folder, and calls the function there. */
export async function runBundled(
  file: string,
  exportName: string,
  { args = [], ...options }: BundleModulesOptions & { readonly args?: readonly unknown[] } = {},
): Promise<BundledCall> {
  const warnings: string[] = [];
  const onWarning: BundleModulesOptions['onWarning'] = (warning) =>
    warnings.push(`${path.basename(warning.file ?? '')}:${warning.line ?? ''}: ${warning.message}`);
  const bundled = await bundleModules([{ file }], { ...options, onWarning });
  const folder = await mkdtemp(path.join(tmpdir(), 'codeseeder-bundled-'));
  try {
    const entries = [...bundled.code, ...bundled.packages];
    for (const entry of entries) await putEntry(entry, folder);
    const module = path.join(folder, Object.values(bundled.modules)[0] ?? '');
    const value = await call(module, exportName, args, folder);
    return { value, paths: entries.map((entry) => entry.path).sort(), warnings };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Calls a function as the runner does, in a new process that does not inherit the settings of this one. */
async function call(
  module: string,
  exportName: string,
  args: readonly unknown[],
  folder: string,
): Promise<unknown> {
  const program = `
    const module = await import(${JSON.stringify(pathToFileURL(module).href)});
    const target = module[${JSON.stringify(exportName)}] ?? module.default?.[${JSON.stringify(exportName)}];
    const value = await target(...${JSON.stringify(args)});
    process.stdout.write(JSON.stringify({ value }), () => process.exit(0));`;
  const caller = path.join(folder, '.call.mjs');
  await writeFile(caller, program);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--conditions=codeseeder-build', '--enable-source-maps', caller],
    {
      cwd: folder,
      env: { PATH: process.env['PATH'] },
    },
  );
  return (JSON.parse(stdout) as { value?: unknown }).value;
}
