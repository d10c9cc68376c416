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

/** The part of an SDK client that is used here. Its types differ between services. */
interface ServiceClient {
  readonly middlewareStack: {
    add(middleware: ReturnType<typeof translate>, options: { step: 'initialize'; name: string }): void;
  };
}

/**
 * Makes a client's calls throw CodeseederError `AwsUnreachable` when AWS does not answer after the SDK's own retries. The
 * message names the endpoint and what to check.
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
        throw asUnreachable(error, endpoint) ?? error;
      }
    };
}

function asUnreachable(error: unknown, option: string | undefined): CodeseederError | undefined {
  if (!(error instanceof Error) || !('code' in error) || !UNREACHABLE.has(String(error.code))) {
    return undefined;
  }
  const named = option === undefined ? 'AWS_ENDPOINT_URL' : 'The endpoint';
  const endpoint = option ?? process.env['AWS_ENDPOINT_URL'];
  const advice =
    endpoint === undefined
      ? 'Check the network and the region. To use the local AWS, set AWS_ENDPOINT_URL to the value that `codeseeder local up NAME` prints.'
      : `${named} is ${endpoint}. If that is the local AWS, start it with \`codeseeder local up NAME\` and export the variables that it prints.`;
  return new CodeseederError('AwsUnreachable', `AWS does not answer (${error.message}). ${advice}`, {
    cause: error,
  });
}
