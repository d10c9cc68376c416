import { z } from 'zod';

/**
 * The id of a run, which is also its execution's name: 1 to 80 of `A-Z a-z 0-9 _ -`.
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
export const runIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,80}$/, 'a run id must have 1 to 80 letters, digits, underscores and hyphens');
