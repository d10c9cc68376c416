import { CodeseederError, type ErrorCode } from '../../lib/contract/index.js';

/** Exit codes of the process. */
export const EXIT_CODES = {
  passed: 0,
  runFailed: 1,
  usage: 2,
  /** The control plane cannot be reached, or it refused the request. */
  controlPlane: 3,
  /** `runs wait --timeout` timed out. It is the exit code of timeout(1). */
  waitedOut: 124,
  interrupted: 130,
} as const;

/** Meanings of the exit codes, for the help and the reference. */
export const EXIT_CODE_MEANINGS: Readonly<Record<keyof typeof EXIT_CODES, string>> = {
  passed: 'The command succeeded, and so did the runs that it waited for.',
  runFailed:
    'The run failed, or was canceled elsewhere. For `runs cancel`: a run was over already. For `doctor`: it found a problem. For `upgrade`: there is something to do.',
  usage: 'A mistake in the command, such as the id of a run, or the name of a target, that does not exist.',
  controlPlane: 'The control plane cannot be reached, or refuses.',
  waitedOut: '`runs wait` reached its `--timeout`.',
  interrupted:
    'The command was interrupted. `npx` and `npm run` end with it after each Ctrl-C, also if the command continued and succeeded.',
};

/** Error codes of mistakes in the command or in its input. */
const USAGE_CODES: ReadonlySet<string> = new Set<ErrorCode>([
  'Usage',
  'ConfigInvalid',
  'RegionMissing',
  'ToolkitMissing',
  'InvalidRequest',
  'ArgumentsNotJson',
  'PackFailed',
  'TargetNotFound',
  'PublishedTargetNotFound',
  'RunNotFound',
  'MapNotFound',
  'ScheduleNotFound',
  'BundleTooLarge',
]);

/** Thrown for a mistake in the command. */
export class UsageError extends CodeseederError {
  constructor(message: string, options?: ErrorOptions) {
    super('Usage', message, options);
  }
}

/** Thrown if the command was interrupted, such as by Ctrl-C. */
export class InterruptedError extends CodeseederError {
  constructor(message: string) {
    super('Interrupted', message);
  }
}

/** Thrown if `runs wait --timeout` times out. */
export class WaitedOutError extends CodeseederError {
  constructor(message: string) {
    super('Interrupted', message);
  }
}

/** Returns the exit code for an error that ended a command. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof WaitedOutError) return EXIT_CODES.waitedOut;
  if (error instanceof InterruptedError) return EXIT_CODES.interrupted;
  // Errors of the local AWS are of another class, so the code of any error is read.
  const { code } = error instanceof Error ? (error as { code?: unknown }) : {};
  if (typeof code === 'string' && USAGE_CODES.has(code)) return EXIT_CODES.usage;
  return EXIT_CODES.controlPlane;
}
