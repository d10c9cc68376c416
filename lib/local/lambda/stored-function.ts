import type { PlaceContext } from '../place-context.js';

export interface FunctionLogging {
  readonly group: string;
  readonly format: 'Text' | 'JSON';
  readonly applicationLevel?: string;
}

/** A function as the place keeps it. */
export interface StoredFunction {
  readonly name: string;
  /** Changes with code or configuration, so that no worker of an older one is used again. */
  readonly revision: string;
  /** Folder name below the place's `lambda/code`. */
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
  /** SQS queue that an asynchronous event goes to when all its attempts failed. */
  readonly deadLetterArn?: string;
  readonly reservedConcurrency?: number;
  /** ISO 8601. */
  readonly lastModified: string;
}

/** How asynchronous events of a function are retried and where they go. */
export interface AsyncConfig {
  readonly maxRetries: number;
  readonly maxAgeSeconds: number;
  readonly onSuccessArn?: string;
  readonly onFailureArn?: string;
}

export function functionArn(context: PlaceContext, name: string): string {
  return `arn:${context.partition}:lambda:${context.region}:${context.account}:function:${name}`;
}

const NAME =
  /^(?:(?:arn:[^:]+:lambda:[^:]+:)?(?:\d{12}:)?function:)?([A-Za-z0-9_-]{1,64})(?::(\$LATEST|[A-Za-z0-9_-]+))?$/;

/** @param reference name, partial ARN or ARN, each with a qualifier or without */
export function parseFunctionReference(reference: string): { name: string; qualifier?: string } | undefined {
  const [, name, qualifier] = NAME.exec(reference) ?? [];
  if (name === undefined) return undefined;
  return qualifier === undefined ? { name } : { name, qualifier };
}
