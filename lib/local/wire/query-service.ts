import { asAwsError, AwsError } from './aws-error.js';
import type { OperationCall } from './operation.js';
import { parseQueryInput } from './query-input.js';
import type { WireResponse, WireService } from './wire-service.js';
import { writeXml, type XmlValue } from './xml.js';

type QueryOperation = (
  input: object,
  call: OperationCall,
) => Promise<Readonly<Record<string, XmlValue>> | void>;

export interface QueryServiceOptions {
  readonly signingName: string;
  /** The API's version, such as `2010-05-15`. */
  readonly version: string;
  /** XML namespace of the responses. @default `https://<signingName>.amazonaws.com/doc/<version>/` */
  readonly xmlns?: string;
  /**
   * Result of `serviceOperations`. All values of an input are strings: use `text-members.ts` for numbers and
   * booleans. In an output, lists have the form `{ member: [...] }`, and dates are ISO 8601 text.
   */
  readonly operations: Readonly<Record<string, QueryOperation>>;
}

/**
 * Serves operations over the AWS Query protocol. Responses have the output in the element `<ActionResult>`.
 * @see https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
export function queryService(options: QueryServiceOptions): WireService {
  const xmlns = options.xmlns ?? `https://${options.signingName}.amazonaws.com/doc/${options.version}/`;
  return {
    signingName: options.signingName,
    protocol: 'query',
    describeError: (error, { requestId }) => queryErrorResponse(asAwsError(error), requestId, xmlns),
    async handle(request) {
      const parameters = new URLSearchParams((await request.readBody()).toString('utf8'));
      for (const [name, value] of request.query) parameters.append(name, value);
      const action = parameters.get('Action') ?? '';
      const operation = findOperation(options, action, parameters.get('Version'));
      parameters.delete('Action');
      parameters.delete('Version');
      const result = await operation(parseQueryInput(parameters), request);
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

/** Returns the response for an error in the AWS Query protocol. */
export function queryErrorResponse(error: AwsError, requestId: string, xmlns?: string): WireResponse {
  return {
    status: error.statusCode,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
    body: writeXml({
      ErrorResponse: {
        '@xmlns': xmlns,
        Error: {
          Type: error.statusCode >= 500 ? 'Receiver' : 'Sender',
          Code: error.code,
          Message: error.message,
        },
        RequestId: requestId,
      },
    }),
  };
}

function findOperation(
  { signingName, version, operations }: QueryServiceOptions,
  action: string,
  requestedVersion: string | null,
): QueryOperation {
  const operation = Object.hasOwn(operations, action) ? operations[action] : undefined;
  if (operation !== undefined && (requestedVersion ?? version) === version) return operation;
  throw new AwsError(
    'InvalidAction',
    `The local AWS has no action ${action} of ${signingName} ${requestedVersion ?? version}; it has ${Object.keys(operations).sort().join(', ')}.`,
  );
}
