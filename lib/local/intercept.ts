import type { EventSender, Functions, Tables } from './ports.js';
import { targetOperation, type WireService } from './wire/wire-service.js';

/** One call of a service of the local AWS, from a client or from another service. */
export interface PlaceCall {
  /** Name in the signature's credential scope, such as `states`. */
  readonly service: string;
  /**
   * Name of the operation, such as `StartBuild`. For a call over the port to a service without the JSON protocol, such
   * as S3, Lambda or CloudFormation, it is the HTTP method, such as `PUT`.
   */
  readonly operation: string;
  /**
   * `wire` for a call over the port; `place` for a call by another service of the local AWS, such as a state
   * machine's task.
   */
  readonly from: 'wire' | 'place';
  /** The User-Agent header of a call over the port. */
  readonly userAgent?: string | undefined;
  /** Name or ARN of the invoked function. */
  readonly functionName?: string;
}

/**
 * Intercepts calls between clients and services, to observe, delay, repeat or fail them. With it, tests can check how
 * a caller reacts to a service that throttles, fails or does not answer.
 * To fail a call, throw an `AwsError`, which the caller receives as an error of the service, or a {@link
 * ConnectionDropped}, which closes the connection.
 *
 * @param proceed makes the call, and can be called more than once
 */
export type Intercept = <Answer>(call: PlaceCall, proceed: () => Promise<Answer>) => Promise<Answer>;

/** Thrown by an {@link Intercept} to close the connection without a response, before or after the call is made. */
export class ConnectionDropped extends Error {
  override readonly name = 'ConnectionDropped';
}

export const passOn: Intercept = (_call, proceed) => proceed();

/** Returns the service. Each call that arrives over HTTP goes through `intercept`. */
export function interceptService(service: WireService, intercept: Intercept): WireService {
  if (intercept === passOn) return service;
  const { signingName } = service;
  return {
    ...service,
    async handle(request) {
      // Reads the body now, because it can be read only once and the call may be repeated.
      const body = service.streamsBody === true ? undefined : await request.readBody();
      const repeatable = body === undefined ? request : { ...request, readBody: () => Promise.resolve(body) };
      const operation = targetOperation(request) ?? request.method;
      const userAgent = request.headers['user-agent'];
      const call: PlaceCall = { service: signingName, operation, from: 'wire', userAgent };
      return intercept(call, () => service.handle(repeatable));
    },
  };
}

/** Returns Lambda for other services of the local AWS. Each call goes through `intercept`. */
export function interceptFunctions(functions: Functions, intercept: Intercept): Functions {
  const call = (functionName: string) =>
    ({ service: 'lambda', operation: 'Invoke', from: 'place', functionName }) as const;
  return {
    invoke: (name, payload) => intercept(call(name), () => functions.invoke(name, payload)),
    invokeAsync: (name, payload) => intercept(call(name), () => functions.invokeAsync(name, payload)),
  };
}

/** Returns DynamoDB for state machines. Each call goes through `intercept`. */
export function interceptTables(tables: Tables, intercept: Intercept): Tables {
  return {
    call: (operation, input) =>
      intercept({ service: 'dynamodb', operation, from: 'place' }, () => tables.call(operation, input)),
  };
}

/** Returns EventBridge for other services of the local AWS. Each call goes through `intercept`. */
export function interceptEvents(events: EventSender, intercept: Intercept): EventSender {
  return {
    send: (entry) =>
      intercept({ service: 'events', operation: 'PutEvents', from: 'place' }, () => events.send(entry)),
  };
}
