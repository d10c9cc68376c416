import { isTransientError } from '../../lib/contract/index.js';
import type { EndRunDependencies } from './end-run.js';
import type { Attempt } from './list-executions.js';
import { createPaces } from './pace.js';

type Log = (message: string, details: Record<string, unknown>) => void;

export interface SweepDependencies extends Omit<EndRunDependencies, 'paces'> {
  readonly stateMachineArn: string;
  readonly mapMachineArn: string;
  readonly sleep: (ms: number) => Promise<unknown>;
  readonly log: { readonly info: Log; readonly warn: Log; readonly error: Log };
}

/** Maximum time of a pass. The handler's timeout is a minute longer, for the last requests and their retries. */
const PASS_MS = 3 * 60_000;
/** Maximum time for reading pages of executions. */
const LISTING_MS = 90_000;
/** One call of the sweep: its time, its request rates, and what it has done. */
export interface SweepPass extends SweepDependencies, EndRunDependencies {
  readonly attempt: Attempt;
  /** Returns whether the time for listing is over. */
  readonly isOver: () => boolean;
  /** Returns whether the time of the pass is over. */
  readonly isEnding: () => boolean;
  readonly errors: unknown[];
  readonly ended: string[];
  readonly left: { count: number };
}

/** Creates a pass of the sweep, whose time starts now. */
export function startPass(dependencies: SweepDependencies): SweepPass {
  const { now, log } = dependencies;
  const startMs = now().getTime();
  const isAfter = (ms: number) => () => now().getTime() - startMs >= ms;
  const errors: unknown[] = [];
  const attempt: Attempt = async (what, act) => {
    try {
      return await act();
    } catch (error) {
      if (isTransientError(error)) log.warn(`Could not ${what}: the next sweep tries again`, { error });
      else {
        errors.push(error);
        log.error(`Could not ${what}`, { error });
      }
      return undefined;
    }
  };
  return {
    ...dependencies,
    paces: createPaces(dependencies),
    attempt,
    isOver: isAfter(LISTING_MS),
    isEnding: isAfter(PASS_MS),
    errors,
    ended: [],
    left: { count: 0 },
  };
}
