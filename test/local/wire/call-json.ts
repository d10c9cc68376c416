import type { WireService } from '../../../lib/local/wire/wire-service.js';
import { aRequest } from './test-request.js';

/** Calls operations of a service in this process, in the AWS JSON protocol. Throws the service's own error. */
export function jsonCaller({ handle }: WireService, targetPrefix: string) {
  return async (operation: string, input: object): Promise<Record<string, unknown>> => {
    const headers = { 'x-amz-target': `${targetPrefix}.${operation}` };
    const { body } = await handle(aRequest({ headers, body: JSON.stringify(input) }));
    return JSON.parse(body as string) as Record<string, unknown>;
  };
}
