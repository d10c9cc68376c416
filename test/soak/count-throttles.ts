import { AwsError, type Intercept } from '../../lib/local/index.js';

const CODES = ['ThrottlingException', 'Throttling', 'TooManyRequestsException', 'SlowDown'];

/** Counts the calls that the quotas of the local AWS refuse, by operation. */
export function countThrottles(): { intercept: Intercept; counts: Record<string, number> } {
  const counts: Record<string, number> = {};
  return {
    counts,
    async intercept({ service, operation, from }, proceed) {
      try {
        return await proceed();
      } catch (error) {
        if (error instanceof AwsError && CODES.includes(error.code)) {
          const name = `${service} ${operation} from ${from}`;
          counts[name] = (counts[name] ?? 0) + 1;
        }
        throw error;
      }
    },
  };
}
