import { z } from 'zod';

import { CodeseederError, parseJson, parseWith } from '../../contract/index.js';
import type { Json, JsonObject } from './resource-provider.js';

const json: z.ZodType<Json> = z.json();
const jsonObject = z.record(z.string(), json) satisfies z.ZodType<JsonObject>;
const policy = z.enum(['Delete', 'Retain', 'RetainExceptOnCreate']);

const templateResourceSchema = z.strictObject({
  Type: z.string(),
  Properties: jsonObject.optional(),
  DependsOn: z.union([z.string(), z.array(z.string())]).optional(),
  Condition: z.string().optional(),
  DeletionPolicy: policy.optional(),
  UpdateReplacePolicy: policy.optional(),
  Metadata: jsonObject.optional(),
});
/** A resource as the template writes it, intrinsic functions and all. */
export type TemplateResource = z.infer<typeof templateResourceSchema>;

const templateParameterSchema = z.strictObject({
  Type: z.string(),
  Default: z.union([z.string(), z.number(), z.boolean()]).optional(),
  Description: z.string().optional(),
  ConstraintDescription: z.string().optional(),
  NoEcho: z.union([z.boolean(), z.string()]).optional(),
  AllowedValues: z.array(z.union([z.string(), z.number(), z.boolean()])).optional(),
  AllowedPattern: z.string().optional(),
  MinLength: z.coerce.number().optional(),
  MaxLength: z.coerce.number().optional(),
  MinValue: z.coerce.number().optional(),
  MaxValue: z.coerce.number().optional(),
});
export type TemplateParameter = z.infer<typeof templateParameterSchema>;

const templateOutputSchema = z.strictObject({
  Value: json,
  Description: z.string().optional(),
  Condition: z.string().optional(),
  Export: z.strictObject({ Name: json }).optional(),
});
export type TemplateOutput = z.infer<typeof templateOutputSchema>;

/**
 * What only checks a deployment to a real account. Any other rule would let through what it refuses there.
 * @see https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-customizing.html
 */
const HARMLESS_RULES = new Set(['CheckBootstrapVersion']);

const templateSchema = z.strictObject({
  AWSTemplateFormatVersion: z.literal('2010-09-09').optional(),
  Description: z.string().optional(),
  Metadata: jsonObject.optional(),
  Parameters: z.record(z.string(), templateParameterSchema).default({}),
  Mappings: z.record(z.string(), z.record(z.string(), jsonObject)).default({}),
  Conditions: jsonObject.default({}),
  Rules: jsonObject.default({}),
  Resources: z.record(z.string(), templateResourceSchema),
  Outputs: z.record(z.string(), templateOutputSchema).default({}),
});
export type Template = z.infer<typeof templateSchema>;

/**
 * Reads a template's JSON text.
 * @throws CodeseederError `UnsupportedTemplate` naming a section, attribute or rule that the place does not keep
 */
export function parseTemplate(text: string): Template {
  const template = parseShape(text);
  const rules = Object.keys(template.Rules).filter((rule) => !HARMLESS_RULES.has(rule));
  if (rules.length > 0) {
    throw new CodeseederError(
      'UnsupportedTemplate',
      `The local place does not check the template's rules ${rules.join(', ')}; it knows ${[...HARMLESS_RULES].join(', ')} only.`,
    );
  }
  return template;
}

function parseShape(text: string): Template {
  try {
    return parseWith(templateSchema, parseJson(text, 'template'), 'template');
  } catch (cause) {
    throw new CodeseederError('UnsupportedTemplate', cause instanceof Error ? cause.message : String(cause), {
      cause,
    });
  }
}

/** Logical ids that a resource names in `DependsOn`. */
export function explicitDependencies(resource: TemplateResource): readonly string[] {
  const { DependsOn } = resource;
  return DependsOn === undefined ? [] : typeof DependsOn === 'string' ? [DependsOn] : DependsOn;
}
