import {
  createQuotas,
  type LimitedCall,
  type Quotas,
  type QuotasOption,
} from '../../../lib/local/quotas/quotas.js';
import type { AwsError } from '../../../lib/local/wire/aws-error.js';

/** The request rates of an account in simulated time. There is no local AWS behind it. */
export interface TestAccount {
  readonly quotas: Quotas;
  /** The current time. A test changes it, or passes its own `clock`. */
  readonly time: { nowMs: number };
  /** Numbers of accepted and refused calls, by operation. */
  readonly admitted: Record<string, number>;
  readonly throttled: Record<string, number>;
  /**
   * Responds to a call as the account would. Use it with a mocked client, such as
   * `client.on(DescribeExecutionCommand).callsFake((input) => account.answer('states', 'DescribeExecution', () =>
   * ...))`.
   * @throws AwsError the service's throttling error
   */
  answer<Answer>(service: string, operation: string, answer: () => Answer): Answer;
}

export interface TestAccountOptions {
  /** Region of the account. @default 'us-east-1' */
  readonly region?: string;
  /** Rates of the account. @default 'aws' */
  readonly quotas?: QuotasOption;
  /** Clock of the account. @default the account's `time`, which only tests change */
  readonly clock?: { now(): number };
}

export function anAccount(options: TestAccountOptions = {}): TestAccount {
  const time = { nowMs: 0 };
  const { region = 'us-east-1', quotas: option = 'aws', clock = { now: () => time.nowMs } } = options;
  const quotas = createQuotas(option, { region, clock });
  const admitted: Record<string, number> = {};
  const throttled: Record<string, number> = {};
  const count = (counts: Record<string, number>, operation: string) => {
    counts[operation] = (counts[operation] ?? 0) + 1;
  };
  return {
    quotas,
    time,
    admitted,
    throttled,
    answer(service, operation, answer) {
      try {
        quotas.take({ service, operation });
      } catch (error) {
        count(throttled, operation);
        throw error;
      }
      count(admitted, operation);
      return answer();
    },
  };
}

/** Repeats a call until it is refused. Returns the number of accepted calls. */
export function callsUntilRefused(quotas: Quotas, call: LimitedCall): { calls: number; error: AwsError } {
  for (let calls = 0; calls <= 20_000; calls += 1) {
    try {
      quotas.take(call);
    } catch (error) {
      return { calls, error: error as AwsError };
    }
  }
  throw new Error(`${call.service} ${call.operation} is not limited`);
}
