import type { LocalSeedkitOptions } from './local-seedkit-types.js';
import { startLocalAwsProcess, type LocalAwsDescription, type LocalAwsProcess } from './local-aws-process.js';

/** Variable with the name and the description of the seedkit that all test files of a test run share, as JSON. */
const SHARED = 'CODESEEDER_SHARED_SEEDKIT';

/** A module may be loaded twice in one process, such as by the setup and the teardown of a test runner. */
const STARTED = Symbol.for('codeseeder.sharedSeedkit');
const started = globalThis as { [STARTED]?: LocalAwsProcess | undefined };

/**
 * Starts a local AWS with a seedkit for all test files of a test run. Call it in the test runner's global setup, before
 * it starts its workers: `localSeedkit()` with the same name then uses it in every test file.
 *
 * @param name name of the seedkit, as in the `seedkit()` calls of the project
 * @returns a function that ends it, which vitest calls if the global setup returns it
 * @throws CodeseederError `Usage` with the messages of a local AWS that ended before it was up
 */
export async function startSharedSeedkit(
  name: string,
  options: LocalSeedkitOptions = {},
): Promise<() => Promise<void>> {
  await endSharedSeedkit();
  const localAws = await startLocalAwsProcess(name, options);
  const { endpoint, environment, outputs } = localAws;
  started[STARTED] = localAws;
  process.env[SHARED] = JSON.stringify({ name, endpoint, environment, outputs });
  return endSharedSeedkit;
}

/**
 * Ends what `startSharedSeedkit()` started in this process, and removes its data. Does nothing if there is none.
 */
export async function endSharedSeedkit(): Promise<void> {
  const { [STARTED]: localAws } = started;
  if (localAws === undefined) return;
  started[STARTED] = undefined;
  delete process.env[SHARED];
  await localAws.stop();
}

/** Returns the seedkit that the global setup started, or undefined if it started none with this name. */
export function findSharedSeedkit(name: string): LocalAwsDescription | undefined {
  const text = process.env[SHARED];
  if (text === undefined) return undefined;
  const { name: sharedName, ...description } = JSON.parse(text) as LocalAwsDescription & { name: string };
  return sharedName === name ? description : undefined;
}
