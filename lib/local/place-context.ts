import type { Clock } from './clock.js';
import type { DurableStore } from './durable/durable-store.js';
import type { Quotas } from './quotas/quotas.js';

/** Long-term credentials that the local AWS created at its first start. Every request must be signed with them. */
export interface PlaceCredentials {
  /** Access key id. */
  readonly accessKeyId: string;
  /** Secret access key. */
  readonly secretAccessKey: string;
}

/** Identity, settings and shared objects of a local AWS. Every service receives them when it is created. */
export interface PlaceContext {
  /** Twelve digits. */
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  readonly credentials: PlaceCredentials;
  /** Folder with the data of the local AWS. Each service has a folder of its own below it. */
  readonly dataFolder: string;
  readonly store: DurableStore;
  readonly clock: Clock;
  /** Request rates, which all callers share. */
  readonly quotas: Quotas;
  /** `http://127.0.0.1:<port>`. @throws Error before the local AWS listens */
  endpoint(): string;
  /**
   * Reports an error that is not returned to any caller, such as a failed delivery of an event to a rule's target.
   */
  reportProblem(problem: string, cause?: unknown): void;
}

/** The parts of an ARN that are the same for all resources of a local AWS. */
export type PlaceNames = Pick<PlaceContext, 'account' | 'region' | 'partition'>;

/** Returns the ARN of a resource. @param resource such as `stateMachine:orders` */
export function arnOf({ partition, region, account }: PlaceNames, service: string, resource: string): string {
  return `arn:${partition}:${service}:${region}:${account}:${resource}`;
}

/** Returns the environment variables by which an AWS SDK or CLI in a child process uses the local AWS. */
export function placeEnvironment(
  context: Pick<PlaceContext, 'endpoint' | 'region' | 'credentials'>,
): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: context.endpoint(),
    AWS_REGION: context.region,
    AWS_DEFAULT_REGION: context.region,
    AWS_ACCESS_KEY_ID: context.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: context.credentials.secretAccessKey,
  };
}
