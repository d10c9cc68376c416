import { isLocalEndpoint } from '../../connection/local-endpoint.js';
import { localPlaces } from '../local/local-places.js';
import type { Check } from '../output-types.js';
import { describeProblem, subject, within } from './check.js';

const TIMEOUT_MS = 3_000;

/** A local AWS that is up on this machine. */
interface FoundLocalAws {
  readonly seedkit: string;
  readonly endpoint: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** Checks the local AWS that `AWS_ENDPOINT_URL` names, or else lists those that are up. */
export async function localCheck(variables: Variables): Promise<Check> {
  const local = subject('local-aws', 'Local AWS');
  const found = await upHere(variables);
  const { AWS_ENDPOINT_URL: endpoint } = variables;
  if (!isLocalEndpoint(endpoint)) {
    if (found.length === 0) return local.ok('none is up here; commands use AWS');
    const list = found.map(({ seedkit, endpoint: at }) => `${seedkit} at ${at}`).join(', ');
    const [first] = found;
    const hint = `To use it: eval "$(codeseeder local env ${first?.seedkit})"`;
    return local.ok(`${list} is up; commands here use AWS. ${hint}`);
  }
  const ours = found.find((one) => one.endpoint === endpoint);
  const named = ours === undefined ? `${endpoint}` : `${ours.seedkit} at ${endpoint}`;
  try {
    await within(TIMEOUT_MS, (signal) => fetch(endpoint ?? '', { signal, redirect: 'manual' }));
    return local.ok(`${named} answers; commands use it`);
  } catch (error) {
    const { cause } = error as { cause?: unknown };
    const others = found.map(({ seedkit }) => seedkit).join(', ');
    return local.problem(
      `AWS_ENDPOINT_URL is ${endpoint}, which does not answer (${describeProblem(cause ?? error)})`,
      others === ''
        ? 'Start it with `codeseeder local up NAME`, or unset AWS_ENDPOINT_URL to use AWS.'
        : `Up here: ${others}. Set its variables with eval "$(codeseeder local env NAME)", or unset AWS_ENDPOINT_URL to use AWS.`,
    );
  }
}

/** Returns the local AWSs that are up and have their data in the default folder. */
async function upHere(variables: Variables): Promise<FoundLocalAws[]> {
  const places = await localPlaces(variables);
  return places.flatMap(({ seedkit, endpoint }) => (endpoint === undefined ? [] : [{ seedkit, endpoint }]));
}
