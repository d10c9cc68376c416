import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';

import { KeyedLock } from '../durable/keyed-lock.js';
import type { PlaceContext } from '../place-context.js';
import type { Objects } from '../ports.js';
import type { ProvidedResource, ResourceProvider } from '../resources/resource-provider.js';
import { resourceName } from '../resources/resource-name.js';
import { AwsError } from '../wire/aws-error.js';
import type { CodeKeeper, CodeSource } from './function-code.js';
import {
  FUNCTION_PROPERTIES,
  type FunctionProperties,
  readFunctionProperties,
} from './function-properties.js';
import type { FunctionRegistry } from './function-registry.js';
import { functionArn } from './stored-function.js';

export interface FunctionProviderOptions {
  readonly context: PlaceContext;
  readonly registry: FunctionRegistry;
  readonly code: CodeKeeper;
  readonly assets: (bucket: string, key: string) => string | undefined;
  readonly objects: Pick<Objects, 'read'> | undefined;
  /** Stops the workers of a function that was changed. */
  readonly retire: (functionName: string) => void;
  /** Resolves when the running invocations of a function have ended. */
  readonly ended: (functionName: string) => Promise<void>;
}

/** Provides `AWS::Lambda::Function`. */
export function createFunctionProvider(options: FunctionProviderOptions): ResourceProvider {
  const { context, registry, retire, ended } = options;
  // Serializes the changes of a function. Otherwise two stacks that are deployed at the same time could both create it.
  const changes = new KeyedLock();
  const provided = (name: string): ProvidedResource => ({
    physicalId: name,
    attributes: { Arn: functionArn(context, name) },
  });
  const put = async (name: string, properties: FunctionProperties): Promise<ProvidedResource> => {
    const { code, functionName: _, logGroup = `/aws/lambda/${name}`, logging, ...configuration } = properties;
    const copy = await options.code.keep(name, codeSource(options, code));
    await registry.put({
      ...configuration,
      ...copy,
      name,
      revision: randomUUID(),
      logging: { ...logging, group: logGroup },
      lastModified: new Date(context.clock.now()).toISOString(),
    });
    retire(name);
    return provided(name);
  };
  const remove = async (name: string) => {
    await changes.run(name, () => registry.remove(name));
    retire(name);
    // Waits for running invocations, because their last log lines could otherwise create the log group again after the
    // stack has deleted it.
    await ended(name);
  };
  return {
    type: 'AWS::Lambda::Function',
    modelled: FUNCTION_PROPERTIES,
    harmless: HARMLESS,
    check: ({ properties }) => void readFunctionProperties(properties),
    create: async (request) => {
      const properties = readFunctionProperties(request.properties);
      const name = resourceName(request, 'FunctionName', 64);
      return changes.run(name, async () => {
        if (await registry.has(name)) {
          throw new AwsError('ResourceConflictException', `Function already exist: ${name}`, 409);
        }
        return put(name, properties);
      });
    },
    update: async (current, request) => {
      const properties = readFunctionProperties(request.properties);
      const name = properties.functionName ?? current.physicalId;
      const updated = await changes.run(name, () => put(name, properties));
      if (name !== current.physicalId) await remove(current.physicalId);
      return updated;
    },
    delete: ({ physicalId }) => remove(physicalId),
  };
}

const HARMLESS = {
  TracingConfig: 'Traces are not collected; the function runs the same.',
  KmsKeyArn: 'The environment is stored in the data folder, which only its owner may read.',
  EphemeralStorage: 'A worker may use the whole temporary folder.',
  RuntimeManagementConfig: 'Handlers run on the Node.js of the local AWS.',
  RecursiveLoop: 'Loops are not detected.',
};

/** Returns the folder of an asset if it is on disk, otherwise the object that was uploaded. */
function codeSource(
  { assets, objects }: FunctionProviderOptions,
  code: FunctionProperties['code'],
): CodeSource {
  if ('inline' in code) return code;
  const { bucket, key } = code;
  const folder = assets(bucket, key);
  if (folder !== undefined && existsSync(folder)) return { folder };
  if (objects !== undefined) return { zip: async () => (await objects.read(bucket, key)).body, bucket, key };
  throw new AwsError(
    'InvalidParameterValueException',
    `Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The assembly has no asset ${bucket}/${key}.`,
  );
}
