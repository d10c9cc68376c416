import type { Collection } from '../durable/durable-store.js';
import type { PlaceContext } from '../place-context.js';
import { AwsError } from '../wire/aws-error.js';
import {
  type AsyncConfig,
  functionArn,
  parseFunctionReference,
  type StoredFunction,
} from './stored-function.js';

/** The functions that exist, and the retries and destinations of their asynchronous events. */
export interface FunctionRegistry {
  /** @throws AwsError `ResourceNotFoundException`, `ValidationException` */
  find(reference: string): Promise<StoredFunction>;
  list(): Promise<StoredFunction[]>;
  put(definition: StoredFunction): Promise<void>;
  remove(name: string): Promise<void>;
  asyncConfig(name: string): Promise<AsyncConfig>;
  putAsyncConfig(name: string, config: AsyncConfig): Promise<void>;
  removeAsyncConfig(name: string): Promise<void>;
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const DEFAULT_ASYNC_CONFIG: AsyncConfig = { maxRetries: 2, maxAgeSeconds: 6 * 60 * 60 };

export function openFunctionRegistry(context: PlaceContext): FunctionRegistry {
  const functions: Collection<StoredFunction> = context.store.collection('lambda-functions');
  const asyncConfigs: Collection<AsyncConfig> = context.store.collection('lambda-async-configs');
  return {
    find: async (reference) => {
      const parsed = parseFunctionReference(reference);
      if (parsed === undefined) {
        throw new AwsError(
          'ValidationException',
          `1 validation error detected: Value '${reference}' at 'functionName' failed to satisfy constraint: Member must be a function name or ARN`,
        );
      }
      const { name, qualifier = '$LATEST' } = parsed;
      const found = await functions.get(name);
      if (found !== undefined && qualifier === '$LATEST') return found;
      const suffix = parsed.qualifier === undefined ? '' : `:${parsed.qualifier}`;
      throw new AwsError(
        'ResourceNotFoundException',
        `Function not found: ${functionArn(context, name)}${suffix}`,
        404,
        { Type: 'User' },
      );
    },
    list: async () => {
      const all: StoredFunction[] = [];
      for await (const [, definition] of functions.entries()) all.push(definition);
      return all;
    },
    put: (definition) => functions.put(definition.name, definition),
    remove: async (name) => {
      await functions.delete(name);
      await asyncConfigs.delete(name);
    },
    asyncConfig: async (name) => (await asyncConfigs.get(name)) ?? DEFAULT_ASYNC_CONFIG,
    putAsyncConfig: (name, config) => asyncConfigs.put(name, config),
    removeAsyncConfig: (name) => asyncConfigs.delete(name),
  };
}
