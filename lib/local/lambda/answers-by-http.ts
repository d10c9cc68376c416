import http, { type RequestOptions } from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';

import { CUSTOM_RESOURCE_PATH } from '../resources/custom-resource-path.js';

/**
 * Sends the answers of custom resources' functions to the local AWS. CloudFormation's `ResponseURL` is an https URL
 * of S3, so many functions, such as those of the CDK and the module `cfn-response`, call `https.request` with its host
 * name and path only. The local AWS has http, and a port. Other requests are not changed.
 *
 * @param endpoint URL of the local AWS
 */
export function sendAnswersByHttp(endpoint: string): void {
  const { hostname, port } = new URL(endpoint);
  const { request } = https;
  const isAnswer = (options: unknown): options is RequestOptions => {
    if (typeof options !== 'object' || options === null || options instanceof URL) return false;
    const { hostname: host, port: given, path } = options as RequestOptions;
    return (
      host === hostname && Number(given ?? 443) === 443 && path?.startsWith(CUSTOM_RESOURCE_PATH) === true
    );
  };
  const requestByHttp = (...args: Parameters<typeof request>) => {
    const [options, callback]: readonly unknown[] = args;
    if (!isAnswer(options)) return request(...args);
    return http.request({ ...options, port }, callback as (response: http.IncomingMessage) => void);
  };
  https.request = requestByHttp as typeof request;
  syncBuiltinESMExports();
}
