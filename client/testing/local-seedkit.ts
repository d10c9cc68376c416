import { parseSeedkitName } from '../../lib/contract/seedkit-names.js';
import { seedkit } from '../seedkit.js';
import { startLocalAwsProcess } from './local-aws-process.js';
import type { LocalSeedkit, LocalSeedkitOptions } from './local-seedkit-types.js';
import { findSharedSeedkit } from './shared-seedkit.js';

/**
 * Returns a seedkit in a local AWS, for the tests of a file. Sets the variables of this process by which AWS SDKs and
 * codeseeder use it, so that remote functions of the project run there. If `startSharedSeedkit()` started one with this
 * name for the whole test run, it uses that, and the options do not apply. Else it starts one for this file.
 *
 * The local AWS ends with this process, even if `close()` is not called.
 *
 * @param name name of the seedkit, as in the `seedkit()` calls of the project
 * @throws CodeseederError `InvalidRequest` for a wrong name, `Usage` with the messages of a local AWS that ended before
 *   it was up
 * @example
 * let local: LocalSeedkit;
 * beforeAll(async () => (local = await localSeedkit('my-kit')));
 * afterAll(() => local.close());
 */
export async function localSeedkit(name: string, options: LocalSeedkitOptions = {}): Promise<LocalSeedkit> {
  parseSeedkitName(name);
  const shared = findSharedSeedkit(name);
  const localAws =
    shared === undefined
      ? await startLocalAwsProcess(name, options)
      : { ...shared, stop: async () => undefined };
  const { endpoint, environment, outputs } = localAws;
  const restore = setVariables({ ...NO_OTHER_CREDENTIALS, ...environment });
  return {
    name,
    kit: seedkit(name),
    endpoint,
    environment,
    outputs,
    async close() {
      restore();
      await localAws.stop();
    },
  };
}

/** Variables that would make AWS SDKs ignore or extend the credentials of the local AWS. */
const NO_OTHER_CREDENTIALS = { AWS_PROFILE: undefined, AWS_SESSION_TOKEN: undefined };

type Variables = Readonly<Record<string, string | undefined>>;

/** Sets variables of this process. @returns a function that sets the former values again, once */
function setVariables(variables: Variables): () => void {
  let former: Variables = Object.fromEntries(Object.keys(variables).map((name) => [name, process.env[name]]));
  assign(variables);
  return () => {
    assign(former);
    former = {};
  };
}

function assign(variables: Variables): void {
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}
