import { CodeseederError, type ErrorCode } from '../../lib/contract/index.js';

/** What the process ends with. */
export const EXIT_CODES = {
  passed: 0,
  runFailed: 1,
  usage: 2,
  /** The control plane is out of reach or refused. */
  controlPlane: 3,
  /** A wait that was given a time came to its end before the run did; as timeout(1) ends. */
  waitedOut: 124,
  interrupted: 130,
} as const;

/** What the numbers mean, for `--help`. */
export const EXIT_CODES_TOLD =
  'Ends with 0 when the run passed, 1 when it failed, 2 for a mistake in the command, 3 when the control plane is ' +
  'out of reach or refuses, 124 when runs wait --timeout waited in vain, 130 when interrupted.';

/** Failures by what the caller typed; the other codes are a run's own end. */
const USAGE_CODES: ReadonlySet<string> = new Set<ErrorCode>([
  'Usage',
  'ToolkitMissing',
  'InvalidRequest',
  'ArgumentsNotJson',
  'PackFailed',
  'TargetNotFound',
  'BundleTooLarge',
]);

/** A mistake in the command itself. */
export class UsageError extends CodeseederError {
  constructor(message: string, options?: ErrorOptions) {
    super('Usage', message, options);
  }
}

/** Whoever waits for a command was told to stop. */
export class InterruptedError extends CodeseederError {
  constructor(message: string) {
    super('Interrupted', message);
  }
}

/** A run was waited for as long as was asked for. */
export class WaitedOutError extends CodeseederError {
  constructor(message: string) {
    super('Interrupted', message);
  }
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof WaitedOutError) return EXIT_CODES.waitedOut;
  if (error instanceof InterruptedError) return EXIT_CODES.interrupted;
  if (error instanceof CodeseederError && USAGE_CODES.has(error.code)) return EXIT_CODES.usage;
  return EXIT_CODES.controlPlane;
}
