import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Returns the file that a worker process runs. In built code, it is in the same folder as this module. When the
 * project runs from TypeScript sources, the file is first bundled into the data folder, because the worker process
 * cannot load TypeScript.
 */
export async function workerProgramFile(folder: string): Promise<string> {
  const built = fileURLToPath(new URL('./worker-program.js', import.meta.url));
  if (existsSync(built)) return built;
  const outfile = join(folder, 'worker-program.mjs');
  await mkdir(folder, { recursive: true });
  const { build } = await import('esbuild');
  await build({
    entryPoints: [built.replace(/\.js$/, '.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'silent',
  });
  return outfile;
}
