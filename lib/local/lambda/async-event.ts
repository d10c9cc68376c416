/** An event that was accepted and whose function has not yet dealt with it. */
export interface AsyncEvent {
  readonly requestId: string;
  readonly functionName: string;
  readonly payload: string;
  readonly acceptedAtMs: number;
  readonly attempts: number;
}

export type AsyncEnd = 'Success' | 'RetriesExhausted' | 'EventAgeExceeded';
