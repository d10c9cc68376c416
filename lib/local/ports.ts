/**
 * The interfaces by which services of the local AWS call each other within the process, without HTTP. Errors are
 * `AwsError`s with the called service's codes.
 */
import type { Readable } from 'node:stream';

/** S3 for CodeBuild, Lambda, CloudFormation and Step Functions. */
export interface Objects {
  /**
   * Reads an object.
   * @throws AwsError `NoSuchBucket`, `NoSuchKey`
   */
  read(bucket: string, key: string): Promise<{ body: Readable; sizeBytes: number }>;
  /** Returns the objects whose keys have a prefix, in the order of the keys. ETags are without quotes. */
  list(
    bucket: string,
    prefix: string,
  ): AsyncIterable<{ key: string; sizeBytes: number; etag: string; modifiedAtMs: number }>;
  write(bucket: string, key: string, body: Readable | Buffer): Promise<void>;
  /** Deletes an object. Does nothing if it does not exist. */
  remove(bucket: string, key: string): Promise<void>;
}

/** S3 for the custom resources by which the CDK configures the notifications of buckets. */
export interface BucketNotifications {
  /**
   * Changes whether a bucket sends events to EventBridge.
   * @param change receives whether it does so now
   * @throws AwsError `NoSuchBucket`
   */
  changeSendsEvents(bucket: string, change: (current: boolean) => boolean): Promise<void>;
}

export interface LogLine {
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly message: string;
}

/** CloudWatch Logs for CodeBuild, Lambda and EventBridge. */
export interface LogWriter {
  /** Appends lines in order. Creates the group and the stream if missing. */
  append(logGroup: string, logStream: string, lines: readonly LogLine[]): Promise<void>;
}

export interface InvokeAnswer {
  /** JSON text. */
  readonly payload: string;
  /** `Unhandled` if the function threw an error. The payload then describes the error. */
  readonly functionError?: string | undefined;
  readonly requestId: string;
}

/** Lambda for Step Functions, EventBridge, EventBridge Scheduler and custom resources. */
export interface Functions {
  /**
   * Invokes a function and waits for its result.
   * @param name name, ARN or partial ARN
   * @throws AwsError `ResourceNotFoundException`, `TooManyRequestsException`
   */
  invoke(name: string, payload: string): Promise<InvokeAnswer>;
  /**
   * Queues the event and returns. As in AWS, a failed invocation is retried (twice by default). Then the event is sent
   * to the on-failure destination and to the dead-letter queue, if the function has them.
   * @throws AwsError `ResourceNotFoundException`
   */
  invokeAsync(name: string, payload: string): Promise<void>;
}

/** An event that is put on a bus. */
export interface EventEntry {
  /** Name of the sender, such as `my.app`. */
  readonly source: string;
  /** Kind of the event, such as `Run Requested`. */
  readonly detailType: string;
  /** JSON text of an object. */
  readonly detail: string;
  /** Name or ARN. @default 'default' */
  readonly eventBusName?: string | undefined;
  /** ARNs of the resources that the event is about. @default none */
  readonly resources?: readonly string[] | undefined;
  /** Time of the event. @default the time at which it is put */
  readonly time?: Date | undefined;
}

/** EventBridge for the services that send events. */
export interface EventSender {
  /** Puts an event on a bus. @returns the event's id */
  send(entry: EventEntry): Promise<string>;
}

/** DynamoDB for Step Functions. Input and output have the form of DynamoDB's API. */
export interface Tables {
  /**
   * Calls an operation of DynamoDB.
   * @param operation such as `PutItem`
   * @throws AwsError with DynamoDB's code
   */
  call(operation: string, input: object): Promise<Record<string, unknown>>;
}

/** SQS for EventBridge, EventBridge Scheduler and Lambda: as target of rules, destination and dead-letter queue. */
export interface Queues {
  /** Sends a message. @param queue URL or ARN */
  send(queue: string, body: string, attributes?: Readonly<Record<string, string>>): Promise<void>;
}
