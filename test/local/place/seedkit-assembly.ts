import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { synthesizeAssembly } from '../../../client/deploy/assembly.js';

export interface SynthesizedSeedkit {
  /** The assembly. */
  readonly folder: string;
  dispose(): Promise<void>;
}

/** Synthesizes the real seedkit `demo` with the built CDK app. */
export async function synthesizedSeedkit(): Promise<SynthesizedSeedkit> {
  const cacheFolder = await mkdtemp(join(tmpdir(), 'codeseeder-assembly-'));
  const folder = await synthesizeAssembly({
    context: { name: 'demo' },
    cacheFolder,
    distribution: resolve('dist'),
  });
  return { folder, dispose: () => rm(cacheFolder, { recursive: true, force: true }) };
}
