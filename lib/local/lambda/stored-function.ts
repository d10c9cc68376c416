import type { PlaceContext } from '../place-context.js';

export interface FunctionLogging {
  readonly group: string;
  readonly format: 'Text' | 'JSON';
  readonly applicationLevel?: string | undefined;
}

/** A function as it is stored. */
export interface StoredFunction {
  readonly name: string;
  /**
   * Changes with the function's code or configuration. A worker of an earlier revision runs no further invocation.
   */
  readonly revision: string;
  /** Folder name below `lambda/code` of the data folder. */
  readonly codeFolder: string;
  readonly codeSha256: string;
  readonly codeSizeBytes: number;
  readonly handler: string;
  readonly runtime: string;
  readonly role: string;
  readonly description: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly logging: FunctionLogging;
  readonly architecture: string;
  /** SQS queue for asynchronous events whose attempts have all failed. */
  readonly deadLetterArn?: string | undefined;
  readonly reservedConcurrency?: number | undefined;
  /** Tags by key. Missing for functions in data folders of earlier versions. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** Time in ISO 8601. */
  readonly lastModified: string;
}

/** Retries and destinations of a function's asynchronous events. */
export interface AsyncConfig {
  readonly maxRetries: number;
  readonly maxAgeSeconds: number;
  readonly onSuccessArn?: string | undefined;
  readonly onFailureArn?: string | undefined;
}

export function functionArn(context: PlaceContext, name: string): string {
  return `arn:${context.partition}:lambda:${context.region}:${context.account}:function:${name}`;
}

const NAME =
  /^(?:(?:arn:[^:]+:lambda:[^:]+:)?(?:\d{12}:)?function:)?([A-Za-z0-9_-]{1,64})(?::(\$LATEST|[A-Za-z0-9_-]+))?$/;

/**
 * Parses a reference to a function.
 * @param reference name, partial ARN or ARN, each with or without a qualifier
 */
export function parseFunctionReference(
  reference: string,
): { name: string; qualifier: string | undefined } | undefined {
  const [, name, qualifier] = NAME.exec(reference) ?? [];
  return name === undefined ? undefined : { name, qualifier };
}
