import { z } from 'zod';

import type { JsonObject, ResourceProvider } from '../resources/resource-provider.js';
import { inertProvider } from '../resources/inert-provider.js';
import { AwsError } from '../wire/aws-error.js';
import { checkInput } from '../wire/operation.js';
import type { FunctionRegistry } from './function-registry.js';
import { type AsyncConfig, parseFunctionReference } from './stored-function.js';

const INVALID = 'InvalidParameterValueException';

/** Provides `AWS::Lambda::Permission`, which has no effect. */
export const permissionProvider = inertProvider({
  type: 'AWS::Lambda::Permission',
  reason: 'Permissions are not checked: all requests come from the owner of the local AWS.',
  properties: ['Action', 'FunctionName', 'Principal', 'PrincipalOrgID', 'SourceAccount', 'SourceArn'],
});

const destination = z.strictObject({
  Destination: z
    .string()
    .regex(/^arn:[^:]+:(sqs|lambda|preview):/, 'The local AWS sends to SQS queues and functions only.'),
});
const schema = z.strictObject({
  FunctionName: z.string(),
  Qualifier: z.literal('$LATEST', 'The local AWS has the qualifier $LATEST only.'),
  MaximumRetryAttempts: z.coerce.number().int().min(0).max(2).default(2),
  MaximumEventAgeInSeconds: z.coerce.number().int().min(60).max(21_600).default(21_600),
  DestinationConfig: z
    .strictObject({ OnSuccess: destination.optional(), OnFailure: destination.optional() })
    .optional(),
});

/** Provides `AWS::Lambda::EventInvokeConfig`. */
export function eventInvokeConfigProvider(registry: FunctionRegistry): ResourceProvider {
  const put = async (properties: JsonObject) => {
    const { functionName, config } = readConfig(properties);
    await registry.putAsyncConfig(functionName, config);
    return { physicalId: `${functionName}|$LATEST`, attributes: {} };
  };
  return {
    type: 'AWS::Lambda::EventInvokeConfig',
    modelled: Object.keys(schema.shape),
    harmless: {},
    check: ({ properties }) => void readConfig(properties),
    create: ({ properties }) => put(properties),
    update: async (current, { properties }) => {
      const updated = await put(properties);
      const [previous = ''] = current.physicalId.split('|');
      if (updated.physicalId !== current.physicalId) await registry.removeAsyncConfig(previous);
      return updated;
    },
    delete: async ({ physicalId }) => registry.removeAsyncConfig(physicalId.split('|')[0] ?? ''),
  };
}

function readConfig(properties: JsonObject): { functionName: string; config: AsyncConfig } {
  const read = checkInput('AWS::Lambda::EventInvokeConfig', INVALID, schema, properties);
  const functionName = parseFunctionReference(read.FunctionName)?.name;
  if (functionName === undefined) {
    throw new AwsError(INVALID, `${read.FunctionName} is not the name or ARN of a function.`);
  }
  return {
    functionName,
    config: {
      maxRetries: read.MaximumRetryAttempts,
      maxAgeSeconds: read.MaximumEventAgeInSeconds,
      onSuccessArn: read.DestinationConfig?.OnSuccess?.Destination,
      onFailureArn: read.DestinationConfig?.OnFailure?.Destination,
    },
  };
}
