import { CodeBuildServiceException } from '@aws-sdk/client-codebuild';
import { DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import { EventBridgeServiceException } from '@aws-sdk/client-eventbridge';
import { S3ServiceException } from '@aws-sdk/client-s3';
import { SFNServiceException } from '@aws-sdk/client-sfn';

import { isTransientError } from '../../../lib/contract/index.js';
import { AwsError } from '../../../lib/local/wire/aws-error.js';
import type { Caller, Network } from './network.js';
import type { VirtualTime } from './virtual-time.js';

/** The operations of a service, by name. Each receives the input of the SDK's command. */
export type Operations = Readonly<Record<string, (input: never) => unknown>>;

interface Command {
  readonly input: object;
}

interface ClientOptions {
  readonly service: string;
  readonly operations: Operations;
  readonly network: Network;
  readonly time: VirtualTime;
  readonly random: () => number;
  readonly caller: Caller;
  /** Maximum number of attempts for a call, as in the SDK's clients. @default 3 */
  readonly maxAttempts?: number;
}

const LONGEST_WAIT_MS = 20_000;

/** Returns an SDK client that calls the simulated service, and retries as the SDK's standard mode does. */
export function sdkClient<Client extends object>(
  type: { readonly prototype: Client },
  { service, operations, network, time, random, caller, maxAttempts = 3 }: ClientOptions,
): Client {
  const send = async (command: Command): Promise<unknown> => {
    const operation = command.constructor.name.replace(/Command$/, '');
    const work = operations[operation];
    if (work === undefined) throw new Error(`the simulation has no ${service}:${operation}`);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await network.call({ service, operation, caller, resource: resourceOf(command.input) }, () =>
          work(command.input as never),
        );
      } catch (error) {
        const thrown = sdkError(service, error, attempt);
        if (attempt >= maxAttempts || !isTransientError(thrown)) throw thrown;
        await time.sleep(Math.min(LONGEST_WAIT_MS, random() * 200 * 2 ** attempt));
      }
    }
  };
  return Object.assign(Object.create(type.prototype) as Client, { send });
}

function resourceOf({ TableName, Bucket }: { TableName?: string; Bucket?: string }): string | undefined {
  return TableName ?? Bucket;
}

const EXCEPTIONS: Readonly<Record<string, new (options: ErrorOptions) => Error>> = {
  codebuild: CodeBuildServiceException,
  dynamodb: DynamoDBServiceException,
  events: EventBridgeServiceException,
  s3: S3ServiceException,
  states: SFNServiceException,
};
interface ErrorOptions {
  readonly name: string;
  readonly message: string;
  readonly $fault: 'client' | 'server';
  readonly $metadata: { readonly httpStatusCode: number; readonly attempts: number };
}

/**
 * Returns the error that an SDK client would throw. Simulated services throw the SDK's exceptions, or an AwsError
 * where callers check only the name.
 */
function sdkError(service: string, error: unknown, attempts: number): unknown {
  if (error instanceof Error && '$metadata' in error) Object.assign(error.$metadata as object, { attempts });
  if (!(error instanceof AwsError)) return error;
  const { code: name, message, statusCode: httpStatusCode } = error;
  const Exception = EXCEPTIONS[service] ?? SFNServiceException;
  const $fault = httpStatusCode >= 500 ? 'server' : 'client';
  return new Exception({ name, message, $fault, $metadata: { httpStatusCode, attempts } });
}
