/** The target of a schedule, with the names of the API. */
export interface ScheduleTarget {
  readonly Arn: string;
  readonly RoleArn: string;
  readonly Input?: string | undefined;
  readonly RetryPolicy?: RetryPolicy | undefined;
  readonly DeadLetterConfig?: { readonly Arn?: string | undefined } | undefined;
}

export interface RetryPolicy {
  readonly MaximumEventAgeInSeconds?: number | undefined;
  readonly MaximumRetryAttempts?: number | undefined;
}

export interface FlexibleTimeWindow {
  readonly Mode: 'OFF' | 'FLEXIBLE';
  readonly MaximumWindowInMinutes?: number | undefined;
}

export interface StoredSchedule {
  readonly name: string;
  readonly group: string;
  readonly expression: string;
  readonly timezone: string;
  readonly state: 'ENABLED' | 'DISABLED';
  readonly startMs?: number | undefined;
  readonly endMs?: number | undefined;
  readonly window: FlexibleTimeWindow;
  readonly target: ScheduleTarget;
  readonly completion: 'NONE' | 'DELETE';
  readonly description?: string | undefined;
  readonly kmsKeyArn?: string | undefined;
  /** Token of the request that created the schedule, which may be repeated. */
  readonly clientToken?: string | undefined;
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
  /** The last due time for which a call of the target was stored; absent before the first. */
  readonly lastDueMs?: number | undefined;
}

export interface StoredGroup {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAtMs: number;
}

export const DEFAULT_GROUP = 'default';
