import type { EventSender, Functions, Tables } from './ports.js';
import type { WireRequest, WireService } from './wire/wire-service.js';

/** One call of a service of the place, from outside or from another service. */
export interface PlaceCall {
  /** Name in the signature's credential scope, such as `states`. */
  readonly service: string;
  /** Such as `StartBuild`; for S3 and other REST services the method, such as `PUT`. */
  readonly operation: string;
  /** Over the port, or from a service of the place as a task of the state machine calls a handler. */
  readonly from: 'wire' | 'place';
  /** Of a call over the port: how its client names itself. */
  readonly userAgent?: string;
  /** Name or ARN of the function that is invoked. */
  readonly functionName?: string;
}

/**
 * Stands between callers and services, to watch, delay, repeat or fail calls: what a caller does when a service throttles,
 * fails or keeps silent can be tested with it.
 *
 * A thrown `AwsError` is answered in the service's own words, a thrown {@link ConnectionDropped} by closing the connection.
 *
 * @param proceed makes the call; each time it is called anew
 */
export type Intercept = <Answer>(call: PlaceCall, proceed: () => Promise<Answer>) => Promise<Answer>;

/** The caller gets no answer, whether the work was done or not. */
export class ConnectionDropped extends Error {
  override readonly name = 'ConnectionDropped';
}

export const passOn: Intercept = (_call, proceed) => proceed();

/** A service whose calls over the port go through `intercept`. */
export function interceptService(service: WireService, intercept: Intercept): WireService {
  if (intercept === passOn) return service;
  const { signingName } = service;
  return {
    ...service,
    describeError: (error, request) => service.describeError(error, request),
    async handle(request) {
      // The connection is read once, whatever becomes of the call.
      const body = service.streamsBody === true ? undefined : await request.readBody();
      const again = body === undefined ? request : { ...request, readBody: () => Promise.resolve(body) };
      return intercept({ service: signingName, from: 'wire', ...described(request) }, () =>
        service.handle(again),
      );
    },
  };
}

function described({ method, headers }: WireRequest): Pick<PlaceCall, 'operation' | 'userAgent'> {
  const target = headers['x-amz-target'];
  const operation = typeof target === 'string' ? target.slice(target.lastIndexOf('.') + 1) : method;
  const userAgent = headers['user-agent'];
  return { operation, ...(userAgent !== undefined && { userAgent }) };
}

/** Lambda as the place's own services call it, through `intercept`. */
export function interceptFunctions(functions: Functions, intercept: Intercept): Functions {
  const call = (functionName: string) =>
    ({ service: 'lambda', operation: 'Invoke', from: 'place', functionName }) as const;
  return {
    invoke: (name, payload) => intercept(call(name), () => functions.invoke(name, payload)),
    invokeAsync: (name, payload) => intercept(call(name), () => functions.invokeAsync(name, payload)),
  };
}

/** DynamoDB as tasks of a state machine call it, through `intercept`. */
export function interceptTables(tables: Tables, intercept: Intercept): Tables {
  return {
    call: (operation, input) =>
      intercept({ service: 'dynamodb', operation, from: 'place' }, () => tables.call(operation, input)),
  };
}

/** EventBridge as the place's own services send to it, through `intercept`. */
export function interceptEvents(events: EventSender, intercept: Intercept): EventSender {
  return {
    send: (entry) =>
      intercept({ service: 'events', operation: 'PutEvents', from: 'place' }, () => events.send(entry)),
  };
}
