import { z } from 'zod';

import { isBucketNotificationsHandler } from '../resources/bucket-notifications-handler.js';
import type { JsonObject } from '../resources/resource-provider.js';
import { templateText } from '../resources/template-text.js';
import { AwsError } from '../wire/aws-error.js';
import { checkInput } from '../wire/operation.js';
import type { FunctionLogging, StoredFunction } from './stored-function.js';

const INVALID = 'InvalidParameterValueException';

/** Location of the code in the template. */
export type TemplateCode = { readonly inline: string } | { readonly bucket: string; readonly key: string };

/** The properties of a function in a template, with Lambda's defaults. */
export interface FunctionProperties extends Omit<
  StoredFunction,
  'name' | 'revision' | 'codeFolder' | 'codeSha256' | 'codeSizeBytes' | 'lastModified' | 'logging'
> {
  readonly code: TemplateCode;
  readonly functionName?: string | undefined;
  readonly logGroup?: string | undefined;
  readonly logging: Omit<FunctionLogging, 'group'>;
}

const NODE_JS = /^nodejs\d+\.x$/;
const PYTHON = /^python3\.\d+$/;

/** Schema of an integer in a template, which may be written as text. */
const whole = (from: number, to: number) => z.coerce.number().int().min(from).max(to);
const tagValue = templateText.pipe(z.string().max(256));

const schema = z.object({
  Code: z.union([
    z.strictObject({ S3Bucket: z.string(), S3Key: z.string() }),
    z.strictObject({ ZipFile: z.string() }),
  ]),
  FunctionName: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/)
    .optional(),
  Handler: z.string(),
  Runtime: z.string().regex(NODE_JS, {
    error: ({ input }) => `The local AWS runs Node.js functions only, not ${String(input)}.`,
  }),
  Role: z.string(),
  Description: z.string().default(''),
  Environment: z.strictObject({ Variables: z.record(z.string(), templateText).default({}) }).optional(),
  Timeout: whole(1, 900).default(3),
  MemorySize: whole(128, 10_240).default(128),
  Architectures: z.array(z.enum(['x86_64', 'arm64'])).default(['x86_64']),
  PackageType: z
    .literal('Zip', 'The local AWS runs no container images: PackageType must be Zip.')
    .optional(),
  LoggingConfig: z
    .strictObject({
      LogGroup: z.string().optional(),
      LogFormat: z.enum(['Text', 'JSON']).default('Text'),
      ApplicationLogLevel: z.enum(['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL']).optional(),
      SystemLogLevel: z.enum(['DEBUG', 'INFO']).optional(),
    })
    .optional(),
  DeadLetterConfig: z
    .strictObject({
      TargetArn: z
        .string()
        .regex(/^arn:[^:]+:(sqs|preview):/, 'The local AWS sends dead letters to SQS queues only.'),
    })
    .optional(),
  ReservedConcurrentExecutions: whole(0, 1_000).optional(),
  Tags: z
    .array(z.strictObject({ Key: z.string().min(1).max(128), Value: tagValue.default('') }))
    .max(50)
    .refine((tags) => new Set(tags.map(({ Key }) => Key)).size === tags.length, 'two tags have the same key')
    .optional(),
});

/** Schema of the function by which the CDK configures the notifications of buckets. It is not run. */
const bucketNotificationsHandler = schema.extend({ Runtime: z.string().regex(PYTHON) });

/** Names of the properties that have an effect on a function. */
export const FUNCTION_PROPERTIES = Object.keys(schema.shape);

/**
 * Variables that a function cannot set.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
const RESERVED_VARIABLES = new Set([
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_DEFAULT_REGION',
  'AWS_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_LAMBDA_RUNTIME_API',
  'LAMBDA_TASK_ROOT',
  'LAMBDA_RUNTIME_DIR',
]);

/**
 * Parses the properties of a function. The result leaves out those without effect.
 * @throws AwsError `InvalidParameterValueException` naming the property
 */
export function readFunctionProperties(properties: JsonObject): FunctionProperties {
  const allowed = isBucketNotificationsHandler(properties) ? bucketNotificationsHandler : schema;
  const data = checkInput('AWS::Lambda::Function', INVALID, allowed, properties);
  const { LogGroup, LogFormat = 'Text', ApplicationLogLevel } = data.LoggingConfig ?? {};
  return {
    code:
      'ZipFile' in data.Code
        ? { inline: data.Code.ZipFile }
        : { bucket: data.Code.S3Bucket, key: data.Code.S3Key },
    functionName: data.FunctionName,
    handler: data.Handler,
    runtime: data.Runtime,
    role: data.Role,
    description: data.Description,
    environment: checkedVariables(data.Environment?.Variables ?? {}),
    timeoutSeconds: data.Timeout,
    memoryMb: data.MemorySize,
    architecture: data.Architectures[0] ?? 'x86_64',
    logGroup: LogGroup,
    logging: { format: LogFormat, applicationLevel: ApplicationLogLevel },
    deadLetterArn: data.DeadLetterConfig?.TargetArn,
    reservedConcurrency: data.ReservedConcurrentExecutions,
    tags: data.Tags && Object.fromEntries(data.Tags.map(({ Key, Value }) => [Key, Value])),
  };
}

function checkedVariables(variables: Record<string, string>): Record<string, string> {
  const reserved = Object.keys(variables).filter((name) => RESERVED_VARIABLES.has(name));
  if (reserved.length === 0) return variables;
  throw new AwsError(
    INVALID,
    `Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(', ')}`,
  );
}

/** Returns whether the local AWS runs a function. It does not run the CDK's function of bucket notifications. */
export function isRunnable({ runtime }: Pick<StoredFunction, 'runtime'>): boolean {
  return NODE_JS.test(runtime);
}

/** @throws AwsError `InvalidRuntimeException` for a function that the local AWS does not run */
export function refuseToRun(definition: Pick<StoredFunction, 'name' | 'runtime'>): void {
  const { name, runtime } = definition;
  if (isRunnable(definition)) return;
  throw new AwsError(
    'InvalidRuntimeException',
    `The local AWS runs Node.js functions only, not ${runtime}. It configures the notifications of buckets without the CDK's function ${name}, so do not invoke it.`,
    502,
    { Type: 'User' },
  );
}
