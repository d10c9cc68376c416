import { valuesOf } from '../durable/values-of.js';
import type { PlaceContext } from '../place-context.js';
import { AwsError } from '../wire/aws-error.js';
import {
  type AsyncConfig,
  functionArn,
  parseFunctionReference,
  type StoredFunction,
} from './stored-function.js';

/** @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const DEFAULT_ASYNC_CONFIG: AsyncConfig = { maxRetries: 2, maxAgeSeconds: 6 * 60 * 60 };

/** The functions that exist, and the retries and destinations of their asynchronous events. */
export type FunctionRegistry = ReturnType<typeof openFunctionRegistry>;

export function openFunctionRegistry(context: PlaceContext) {
  const functions = context.store.collection<StoredFunction>('lambda-functions');
  const asyncConfigs = context.store.collection<AsyncConfig>('lambda-async-configs');
  return {
    /**
     * Finds a function by name, partial ARN or ARN.
     * @throws AwsError `ResourceNotFoundException`, `ValidationException`
     */
    find: async (reference: string): Promise<StoredFunction> => {
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
    has: async (name: string) => (await functions.get(name)) !== undefined,
    list: () => valuesOf(functions),
    put: (definition: StoredFunction) => functions.put(definition.name, definition),
    remove: async (name: string) => {
      await functions.delete(name);
      await asyncConfigs.delete(name);
    },
    asyncConfig: async (name: string) => (await asyncConfigs.get(name)) ?? DEFAULT_ASYNC_CONFIG,
    putAsyncConfig: (name: string, config: AsyncConfig) => asyncConfigs.put(name, config),
    removeAsyncConfig: (name: string) => asyncConfigs.delete(name),
  };
}
