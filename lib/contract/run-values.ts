import { z } from 'zod';

import { isWellFormed } from './bounded-text.js';
import { LABEL_MAX_CHARACTERS, LABELS_MAX, RUN_NAME_MAX_CHARACTERS } from './limits.js';

const labelText = z
  .string()
  .max(LABEL_MAX_CHARACTERS)
  .refine(isWellFormed, 'the text must not contain half of a surrogate pair');

/** The name of a run, shown in lists in place of its target. */
export const runNameSchema = z
  .string()
  .min(1)
  .max(RUN_NAME_MAX_CHARACTERS)
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, 'a name is one line without control characters')
  .refine(isWellFormed, 'the text must not contain half of a surrogate pair');

/** Labels of a run. */
export const labelsSchema = z
  .record(labelText.min(1), labelText)
  .refine((labels) => Object.keys(labels).length <= LABELS_MAX, `at most ${LABELS_MAX} labels`);
