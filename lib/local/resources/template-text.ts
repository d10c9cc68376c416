import { z } from 'zod';

/** Reads a text property of a template, whose value may also be a number or a boolean, as in CloudFormation. */
export const templateText = z.union([z.string(), z.number(), z.boolean()]).transform(String);
