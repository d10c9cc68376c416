import { resolve } from 'node:path';

import { assemblyCacheFolder, synthesizeAssembly } from '../../../client/deploy/assembly.js';

export interface SynthesizedSeedkit {
  /** The assembly. Tests must not write to it: all of them share it. */
  readonly folder: string;
}

/**
 * Synthesizes the real seedkit `demo` with the built CDK app. The first caller after a build does the work, and
 * all test files share the result.
 */
export async function synthesizedSeedkit(): Promise<SynthesizedSeedkit> {
  const folder = await synthesizeAssembly({
    context: { name: 'demo' },
    cacheFolder: assemblyCacheFolder({ XDG_CACHE_HOME: resolve('node_modules/.cache/codeseeder-test') }),
    distribution: resolve('dist'),
  });
  return { folder };
}
