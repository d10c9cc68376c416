import { isTooDeep } from '../../wire/data-depth.js';
import type { Functions, InvokeAnswer } from '../../ports.js';
import type { JsonObject } from '../../resources/resource-provider.js';
import type { Integration } from '../interpreter/integration.js';
import { StateError } from '../interpreter/state-error.js';
import { integrationError, sdkMetadata } from './service-answer.js';

/**
 * Returns the optimized integration `lambda:invoke`.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
 */
export function lambdaInvoke(functions: Functions): Integration {
  return {
    required: ['FunctionName'],
    optional: ['InvocationType', 'Payload'],
    async call(args) {
      try {
        return await invoke(functions, args);
      } catch (error) {
        throw integrationError(error, 'Lambda', 'Lambda');
      }
    },
  };
}

async function invoke(functions: Functions, args: JsonObject): Promise<unknown> {
  const { FunctionName: name, InvocationType: type = 'RequestResponse', Payload = {} } = args;
  if (typeof name !== 'string')
    throw new StateError('States.Runtime', 'The value for the field "FunctionName" must be a STRING');
  const payload = JSON.stringify(Payload);
  if (type === 'Event') {
    await functions.invokeAsync(name, payload);
    return { StatusCode: 202, ...sdkMetadata() };
  }
  if (type !== 'RequestResponse') {
    throw new StateError('States.Runtime', `The local AWS has no InvocationType ${JSON.stringify(type)}`);
  }
  const answer = await functions.invoke(name, payload);
  if (answer.functionError !== undefined) throw functionError(answer);
  return {
    ExecutedVersion: '$LATEST',
    Payload: parsed(answer.payload),
    StatusCode: 200,
    ...sdkMetadata(answer.requestId),
  };
}

/**
 * Returns the error of a failed function: its `errorType` is the name, and the whole payload is the cause.
 */
function functionError({ payload }: InvokeAnswer): StateError {
  const error = parsed(payload);
  const type =
    typeof error === 'object' && error !== null && 'errorType' in error ? error.errorType : undefined;
  return new StateError(typeof type === 'string' && type !== '' ? type : 'Lambda.Unknown', payload);
}

function parsed(payload: string): unknown {
  if (payload === '') return null;
  try {
    const value = JSON.parse(payload) as unknown;
    // Returns JSON as text if it is nested deeper than a state's data may be.
    return isTooDeep(value) ? payload : value;
  } catch {
    return payload;
  }
}
