import { AwsError } from './aws-error.js';
import { asAwsError } from './json-service.js';
import { queryErrorResponse } from './query-error.js';
import type { Caller, WireService } from './wire-service.js';
import { writeXml, type XmlValue } from './xml.js';

/**
 * An operation of a service that speaks AWS Query. The input is the flat form, as `StackName` or `Tags.member.1.Key`;
 * what it returns stands inside `<ActionResult>`. Lists are written by the operation as `{ member: [...] }`, dates as ISO 8601.
 */
export type QueryOperation = (
  input: URLSearchParams,
  caller: Caller,
) => Promise<Readonly<Record<string, XmlValue>> | undefined>;

export interface QueryServiceOptions {
  readonly signingName: string;
  /** The API's version, such as `2010-05-15`. */
  readonly version: string;
  /** Name space of the answers. @default `https://<signingName>.amazonaws.com/doc/<version>/` */
  readonly xmlns?: string;
  readonly operations: Readonly<Record<string, QueryOperation>>;
}

/**
 * A service of the AWS Query protocol.
 * @see https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
export function queryService(options: QueryServiceOptions): WireService {
  const xmlns = options.xmlns ?? `https://${options.signingName}.amazonaws.com/doc/${options.version}/`;
  return {
    signingName: options.signingName,
    protocol: 'query',
    describeError: (error, { requestId }) => queryErrorResponse(asAwsError(error), requestId, xmlns),
    async handle(request) {
      const input = new URLSearchParams((await request.readBody()).toString('utf8'));
      for (const [name, value] of request.query) input.append(name, value);
      const action = input.get('Action') ?? '';
      const result = await findOperation(options, action, input.get('Version'))(input, request.caller);
      return {
        status: 200,
        headers: { 'content-type': 'text/xml', 'x-amzn-requestid': request.requestId },
        body: writeXml({
          [`${action}Response`]: {
            '@xmlns': xmlns,
            [`${action}Result`]: result ?? '',
            ResponseMetadata: { RequestId: request.requestId },
          },
        }),
      };
    },
  };
}

function findOperation(options: QueryServiceOptions, action: string, version: string | null): QueryOperation {
  const operation = Object.hasOwn(options.operations, action) ? options.operations[action] : undefined;
  if (operation !== undefined && (version === null || version === options.version)) return operation;
  throw new AwsError(
    'InvalidAction',
    `The local place has no action ${action} of ${options.signingName} ${version ?? options.version}; it has ${Object.keys(options.operations).sort().join(', ')}.`,
  );
}
