/** Kinds of faults that a call can have, in a local AWS and in simulated time. */
export const CALL_FAULTS = [
  'throttled',
  'failed before',
  'failed after the work',
  'dropped before',
  'dropped after the work',
  'silent, then dropped',
  'delayed',
  'duplicated',
] as const;
