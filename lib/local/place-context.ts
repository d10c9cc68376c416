import type { Clock } from './clock.js';
import type { DurableStore } from './durable/durable-store.js';

/** Long-term credentials that the place made at its first start; every request must be signed with them. */
export interface PlaceCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** What every service of the place is handed. */
export interface PlaceContext {
  /** Twelve digits. */
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  readonly credentials: PlaceCredentials;
  /** Folder that the place keeps its data in; each service has one of its own below it. */
  readonly dataFolder: string;
  readonly store: DurableStore;
  readonly clock: Clock;
  /** `http://127.0.0.1:<port>`; known once the place listens. */
  endpoint(): string;
  /** Tells of a fault that no caller sees, such as a rule's target that failed. */
  reportProblem(problem: string, cause?: unknown): void;
}

/** Environment by which an AWS SDK or CLI in a child process finds the place. */
export function placeEnvironment(context: PlaceContext): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: context.endpoint(),
    AWS_REGION: context.region,
    AWS_DEFAULT_REGION: context.region,
    AWS_ACCESS_KEY_ID: context.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: context.credentials.secretAccessKey,
  };
}
