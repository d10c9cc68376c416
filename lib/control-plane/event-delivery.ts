import { Duration } from 'aws-cdk-lib';

/** Retries and maximum age of an event before it becomes a dead letter. */
export const DELIVERY = { retryAttempts: 24, maxEventAge: Duration.hours(2) } as const;
