/** Asks a worker process to run an invocation. */
export interface InvokeMessage {
  readonly requestId: string;
  /** JSON text of the event. */
  readonly payload: string;
  /** Time at which the invocation times out, in milliseconds since the epoch. */
  readonly deadlineMs: number;
  readonly functionArn: string;
}

/** An error in the form in which callers of Lambda receive it. */
export interface FunctionFault {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

export type WorkerMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'initFailed'; readonly fault: FunctionFault }
  | {
      readonly type: 'answered';
      readonly requestId: string;
      /** JSON text. */
      readonly payload: string;
      readonly maxMemoryMb: number;
    }
  | {
      readonly type: 'failed';
      readonly requestId: string;
      readonly fault: FunctionFault;
      readonly maxMemoryMb: number;
      /** Whether the process ends after this message. */
      readonly fatal: boolean;
    };

/**
 * Returns the line that the worker writes to each stream at the end of an invocation. Later lines belong to the next
 * invocation.
 */
export function endOfOutput(requestId: string): string {
  return `\u0000end ${requestId}\u0000`;
}
