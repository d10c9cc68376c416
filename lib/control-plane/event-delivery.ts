import { Duration } from 'aws-cdk-lib';

/** How long and how often delivery is tried before an event is a dead letter. */
export const DELIVERY = { retryAttempts: 24, maxEventAge: Duration.hours(2) } as const;
