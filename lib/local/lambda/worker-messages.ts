/** What the place and a worker process say to each other. */
export interface InvokeMessage {
  readonly requestId: string;
  /** JSON text of the event. */
  readonly payload: string;
  /** When the invocation must be over, in milliseconds since the epoch. */
  readonly deadlineMs: number;
  readonly functionArn: string;
}

/** An error as Lambda hands it to its caller. */
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
      /** The process ends now. */
      readonly fatal: boolean;
    };

/** Closes an invocation's output on both streams, so that none of its lines is taken for the next one's. */
export function endOfOutput(requestId: string): string {
  return `\u0000end ${requestId}\u0000`;
}
