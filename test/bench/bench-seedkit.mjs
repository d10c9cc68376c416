import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { seedkit } from '../../dist/client/index.js';
import { synthesizeAssembly } from '../../dist/client/deploy/assembly.js';
import { startLocalAws } from '../../dist/lib/local/index.js';

const NAME = 'bench';

/** Deploys a seedkit to a local AWS that runs up to `buildConcurrency` builds at the same time. */
export async function openBenchSeedkit(buildConcurrency) {
  const scratch = mkdtempSync(path.join(tmpdir(), 'codeseeder-bench-'));
  const place = await startLocalAws({ buildConcurrency });
  const close = async () => {
    await place.close();
    rmSync(scratch, { recursive: true, force: true });
  };
  try {
    const folder = await synthesizeAssembly({
      context: { name: NAME },
      cacheFolder: scratch,
      distribution: path.resolve(import.meta.dirname, '../../dist'),
    });
    await place.deploy(folder);
    const { endpoint, region, credentials } = place;
    return { kit: seedkit(NAME, { aws: { endpoint, region, credentials } }), close };
  } catch (error) {
    await close();
    throw error;
  }
}
