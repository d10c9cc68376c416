import { z } from 'zod';

import { parseWith } from './parse.js';
import { RUN_STATUSES } from './run-record.js';

/**
 * The part of a run's item that is needed to give its lock to the next run. It includes the task token, which records
 * leave out.
 */
export const runOfLockSchema = z.object({
  runId: z.string(),
  status: z.enum(RUN_STATUSES),
  queuedAt: z.string(),
  buildId: z.string().optional(),
  buildRequestedAt: z.string().optional(),
  startedAt: z.string().optional(),
  lock: z.string().optional(),
  /** Token of the state in which the execution waits, for its lock or for its build. */
  taskToken: z.string().optional(),
});
export type RunOfLock = z.infer<typeof runOfLockSchema>;

/** Parses the item of a run. @throws CodeseederError `InvalidRequest` */
export const parseRunOfLock = (value: unknown): RunOfLock => parseWith(runOfLockSchema, value, 'run record');
