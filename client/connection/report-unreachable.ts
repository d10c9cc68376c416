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
    add(middleware: typeof translate, options: { step: 'initialize'; name: string }): void;
  };
}

/**
 * Makes a client say where it looked and what to check when AWS does not answer, once the SDK's own retries are
 * used up: each of its calls then throws CodeseederError `AwsUnreachable`.
 */
export function reportUnreachable<Client extends ServiceClient>(client: Client): Client {
  client.middlewareStack.add(translate, { step: 'initialize', name: 'reportUnreachable' });
  return client;
}

function translate<Call, Answer>(next: (call: Call) => Promise<Answer>): (call: Call) => Promise<Answer> {
  return async (call) => {
    try {
      return await next(call);
    } catch (error) {
      throw asUnreachable(error) ?? error;
    }
  };
}

function asUnreachable(error: unknown): CodeseederError | undefined {
  if (!(error instanceof Error) || !('code' in error) || !UNREACHABLE.has(String(error.code))) {
    return undefined;
  }
  const endpoint = process.env['AWS_ENDPOINT_URL'];
  const advice =
    endpoint === undefined
      ? 'Check the network and the region. For a local place set AWS_ENDPOINT_URL, as `codeseeder local up NAME` prints it.'
      : `AWS_ENDPOINT_URL is ${endpoint}: is the local place up? Start it with \`codeseeder local up NAME\` and export what it prints.`;
  return new CodeseederError('AwsUnreachable', `AWS does not answer (${error.message}). ${advice}`, {
    cause: error,
  });
}
