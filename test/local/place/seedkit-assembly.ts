import { resolve } from 'node:path';

import { assemblyCacheFolder, synthesizeAssembly } from '../../../client/deploy/assembly.js';

export interface SynthesizedSeedkit {
  /** Folder of the assembly. Tests must not change it, because all of them share it. */
  readonly folder: string;
}

/**
 * Returns the assembly of the seedkit `demo`, synthesized by the built CDK app with the settings of
 * `codeseeder local up`. It is synthesized once after each build. All test files and the demo share it.
 */
export async function synthesizedSeedkit(): Promise<SynthesizedSeedkit> {
  const folder = await synthesizeAssembly({
    context: { name: 'demo', allow: '{"debugSessions":true}' },
    cacheFolder: assemblyCacheFolder({ XDG_CACHE_HOME: resolve('node_modules/.cache/codeseeder-test') }),
    distribution: resolve('dist'),
  });
  return { folder };
}
