import { z } from 'zod';

/**
 * Schema of a text property. As in CloudFormation, a template may also contain a number or a boolean for it.
 */
export const templateText = z.union([z.string(), z.number(), z.boolean()]).transform(String);
