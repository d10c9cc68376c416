import { z } from 'zod';

import { LocalAwsError } from '../local-aws-error.js';
import { parseWith } from '../parse.js';
import type { Json, JsonObject } from '../resources/resource-provider.js';
import { readTemplateYaml } from './template-yaml.js';

/**
 * Schema of a JSON value. `z.json()` takes ten times the processor time for the value of a template, because it tries a
 * schema for each type of each value.
 */
const json = z.custom<Json>(isJson, 'Invalid input: expected a JSON value');
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
/** A resource of a template. Its intrinsic functions are not resolved. */
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

/**
 * Rules that matter only in a real account. They are ignored. All other rules are refused, because ignoring them
 * would allow values that AWS refuses.
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
 * Parses a template in JSON or YAML.
 * @throws LocalAwsError `UnsupportedTemplate` naming a section, attribute or rule that is not supported
 */
export function parseTemplate(text: string): Template {
  const template = parseShape(text);
  const rules = Object.keys(template.Rules).filter((rule) => !HARMLESS_RULES.has(rule));
  if (rules.length > 0) {
    throw new LocalAwsError(
      'UnsupportedTemplate',
      `The local AWS does not check the template's rules ${rules.join(', ')}. Remove them; only ${[...HARMLESS_RULES].join(', ')} is allowed.`,
    );
  }
  return template;
}

function parseShape(text: string): Template {
  try {
    return parseWith(templateSchema, readText(text), 'template');
  } catch (cause) {
    throw new LocalAwsError('UnsupportedTemplate', cause instanceof Error ? cause.message : String(cause), {
      cause,
    });
  }
}

/**
 * Parses JSON or YAML. Text that begins like JSON may be YAML, too. If it is neither, throws the error of the JSON
 * parser.
 */
function readText(text: string): unknown {
  if (!/^\s*[{[]/.test(text)) return readTemplateYaml(text);
  try {
    return JSON.parse(text) as unknown;
  } catch (jsonError) {
    try {
      return readTemplateYaml(text);
    } catch {
      throw new LocalAwsError('UnsupportedTemplate', `The template is not JSON: ${String(jsonError)}`, {
        cause: jsonError,
      });
    }
  }
}

/** Returns the logical ids in a resource's `DependsOn`. */
export function explicitDependencies(resource: TemplateResource): readonly string[] {
  const { DependsOn } = resource;
  return DependsOn === undefined ? [] : typeof DependsOn === 'string' ? [DependsOn] : DependsOn;
}

/** Returns whether a value is JSON. The caller has checked its depth. */
function isJson(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) {
    return value === null || typeof value === 'string' || typeof value === 'boolean';
  }
  return Object.values(value).every(isJson);
}
