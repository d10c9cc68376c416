import { z } from 'zod';

import type { JsonObject, ResourceProvider } from '../template/resource-provider.js';
import { AwsError } from '../wire/aws-error.js';
import type { FunctionRegistry } from './function-registry.js';
import { type AsyncConfig, parseFunctionReference } from './stored-function.js';

/** Who may invoke a function is not checked in the place: all requests come from its one owner. */
export const permissionProvider: ResourceProvider = {
  type: 'AWS::Lambda::Permission',
  modelled: [],
  harmless: Object.fromEntries(
    ['Action', 'FunctionName', 'Principal', 'PrincipalOrgID', 'SourceAccount', 'SourceArn'].map((name) => [
      name,
      'Permissions are not checked: all requests come from the owner of the place.',
    ]),
  ),
  create: async ({ stackName, logicalId }) => ({ physicalId: `${stackName}-${logicalId}`, attributes: {} }),
  update: async (current) => current,
  delete: async () => undefined,
};

const destination = z.strictObject({
  Destination: z
    .string()
    .regex(/^arn:[^:]+:(sqs|lambda|preview):/, 'the local place sends to a queue or a function only'),
});
const schema = z.strictObject({
  FunctionName: z.string(),
  Qualifier: z.literal('$LATEST', 'the local place has the qualifier $LATEST only'),
  MaximumRetryAttempts: z.coerce.number().int().min(0).max(2).default(2),
  MaximumEventAgeInSeconds: z.coerce.number().int().min(60).max(21_600).default(21_600),
  DestinationConfig: z
    .strictObject({ OnSuccess: destination.optional(), OnFailure: destination.optional() })
    .optional(),
});

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
  const parsed = schema.safeParse(properties);
  const name = parsed.success ? parseFunctionReference(parsed.data.FunctionName)?.name : undefined;
  if (!parsed.success || name === undefined) {
    throw new AwsError(
      'InvalidParameterValueException',
      parsed.success ? `No function name: ${parsed.data.FunctionName}` : z.prettifyError(parsed.error),
    );
  }
  const { MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig } = parsed.data;
  const onSuccessArn = DestinationConfig?.OnSuccess?.Destination;
  const onFailureArn = DestinationConfig?.OnFailure?.Destination;
  return {
    functionName: name,
    config: {
      maxRetries: MaximumRetryAttempts,
      maxAgeSeconds: MaximumEventAgeInSeconds,
      ...(onSuccessArn === undefined ? {} : { onSuccessArn }),
      ...(onFailureArn === undefined ? {} : { onFailureArn }),
    },
  };
}
