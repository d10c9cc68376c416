/**
 * What the services of the place ask of each other, in one process, without the wire.
 * Errors are `AwsError`s with the service's own codes.
 */
import type { Readable } from 'node:stream';

/** S3 as CodeBuild and the template applier see it. */
export interface Objects {
  /** @throws AwsError `NoSuchBucket`, `NoSuchKey` */
  read(bucket: string, key: string): Promise<{ body: Readable; sizeBytes: number }>;
  /** Keys in order below a prefix. */
  list(bucket: string, prefix: string): AsyncIterable<{ key: string; sizeBytes: number }>;
  write(bucket: string, key: string, body: Readable | Buffer): Promise<void>;
}

export interface LogLine {
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly message: string;
}

/** CloudWatch Logs as CodeBuild, Lambda and Step Functions write to it. */
export interface LogWriter {
  /** Makes group and stream where missing. Lines of one stream keep their order. */
  append(logGroup: string, logStream: string, lines: readonly LogLine[]): Promise<void>;
}

export interface InvokeAnswer {
  /** JSON text. */
  readonly payload: string;
  /** `Unhandled` when the function threw; the payload then says what. */
  readonly functionError?: string;
  readonly requestId: string;
}

/** Lambda as Step Functions, EventBridge and custom resources invoke it. */
export interface Functions {
  /** @param name name, ARN or partial ARN. @throws AwsError `ResourceNotFoundException`, `TooManyRequestsException` */
  invoke(name: string, payload: string): Promise<InvokeAnswer>;
  /** Takes the event and returns; retries twice like the service, then hands it to the on-failure destination. */
  invokeAsync(name: string, payload: string): Promise<void>;
}

export interface EventEntry {
  readonly source: string;
  readonly detailType: string;
  /** JSON text of an object. */
  readonly detail: string;
  /** Name or ARN. @default 'default' */
  readonly eventBusName?: string;
  readonly resources?: readonly string[];
  readonly time?: Date;
}

/** EventBridge as the other services send to it. */
export interface EventSender {
  /** @returns the event's id */
  send(entry: EventEntry): Promise<string>;
}

/** DynamoDB as Step Functions' integration calls it: the API's own shapes. */
export interface Tables {
  /** @param operation such as `PutItem`. @throws AwsError with DynamoDB's code */
  call(operation: string, input: object): Promise<Record<string, unknown>>;
}

/** SQS as EventBridge and Lambda hand it what they could not deliver. */
export interface Queues {
  /** @param queue URL or ARN */
  send(queue: string, body: string, attributes?: Readonly<Record<string, string>>): Promise<void>;
}
