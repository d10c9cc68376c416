import { z } from 'zod';

import { AwsError } from '../wire/aws-error.js';

/** @throws AwsError `ValidationException` naming each member that is wrong or that the place does not have */
export function parseInput<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new AwsError('ValidationException', z.prettifyError(parsed.error));
}
