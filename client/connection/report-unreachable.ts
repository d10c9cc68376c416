import { isLocalEndpoint } from './local-endpoint.js';
import { CodeseederError } from '../../lib/contract/index.js';

/** Error codes of sockets and name resolution that mean that the endpoint cannot be reached. */
const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
]);

/**
 * The part of an SDK client that is used here. Declared here, because the SDK's types of this part differ between
 * services.
 */
interface ServiceClient {
  readonly middlewareStack: {
    add(middleware: ReturnType<typeof translate>, options: { step: 'initialize'; name: string }): void;
  };
}

/**
 * Makes a client's calls throw CodeseederErrors that say what to check: `AwsUnreachable` when AWS does not answer after
 * the SDK's own retries, `RegionMissing` and `CredentialsMissing` when the SDK finds no region or no credentials.
 *
 * @param endpoint the client's endpoint, if it is configured
 */
export function reportUnreachable<Client extends ServiceClient>(client: Client, endpoint?: string): Client {
  client.middlewareStack.add(translate(endpoint), { step: 'initialize', name: 'reportUnreachable' });
  return client;
}

function translate(endpoint: string | undefined) {
  return <Call, Answer>(next: (call: Call) => Promise<Answer>) =>
    async (call: Call): Promise<Answer> => {
      try {
        return await next(call);
      } catch (error) {
        throw asUnreachable(error, endpoint) ?? asUnconfigured(error) ?? error;
      }
    };
}

function asUnreachable(error: unknown, option: string | undefined): CodeseederError | undefined {
  if (!(error instanceof Error) || !('code' in error) || !UNREACHABLE.has(String(error.code))) {
    return undefined;
  }
  const [named, unset] =
    option === undefined
      ? ['AWS_ENDPOINT_URL', '\n- To use AWS: unset AWS_ENDPOINT_URL']
      : ['The endpoint', ''];
  const endpoint = option ?? process.env['AWS_ENDPOINT_URL'];
  const advice =
    endpoint === undefined
      ? `Check the network and the region.\n- ${LOCAL_AWS}`
      : `${named} is ${endpoint}.\n- ${isLocalEndpoint(endpoint) ? `${RESTART}${unset}` : 'Check it, or unset it to use AWS.'}`;
  return new CodeseederError('AwsUnreachable', `AWS does not answer (${error.message}). ${advice}`, {
    cause: error,
  });
}

function asUnconfigured(error: unknown): CodeseederError | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.message === 'Region is missing') {
    return new CodeseederError(
      'RegionMissing',
      [
        'No AWS region is set.',
        'To use AWS: export AWS_REGION=us-east-1, give --region (in code `aws: { region }`), or set the region of your AWS profile',
        LOCAL_AWS,
      ].join('\n- '),
      { cause: error },
    );
  }
  if (error.name !== 'CredentialsProviderError') return undefined;
  const profile = process.env['AWS_PROFILE'];
  const isNamed = profile === undefined || error.message.includes(profile);
  const whose = isNamed ? '' : ` for the profile ${JSON.stringify(profile)} of AWS_PROFILE`;
  return new CodeseederError(
    'CredentialsMissing',
    [
      `The AWS SDK has no credentials${whose} (${error.message}).`,
      'To use AWS: sign in, such as with `aws sso login`, or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
      LOCAL_AWS,
    ].join('\n- '),
    { cause: error },
  );
}

/** Starts the local AWS unless it is up, and sets its variables in this shell. */
const LOCAL_UP = 'eval "$(codeseeder local up NAME --detach)"';
export const LOCAL_AWS = `To use a local AWS: ${LOCAL_UP}`;
const RESTART = `To start the local AWS again: ${LOCAL_UP}`;
