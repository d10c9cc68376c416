import { CodeseederError } from '../../lib/contract/index.js';

/** What a socket or a name server says when nobody is there. */
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

/** The part of an SDK client this needs, whose types differ from service to service. */
interface ServiceClient {
  readonly middlewareStack: {
    add(middleware: ReturnType<typeof translate>, options: { step: 'initialize'; name: string }): void;
  };
}

/**
 * Makes a client say where it looked and what to check when AWS does not answer, once the SDK's own retries are
 * used up: each of its calls then throws CodeseederError `AwsUnreachable`.
 *
 * @param endpoint where the client was told to look, if it was
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
      ? 'Check the network and the region. For a local place set AWS_ENDPOINT_URL, as `codeseeder local up NAME` prints it.'
      : `${named} is ${endpoint}: is the local place up? Start it with \`codeseeder local up NAME\` and export what it prints.`;
  return new CodeseederError('AwsUnreachable', `AWS does not answer (${error.message}). ${advice}`, {
    cause: error,
  });
}
