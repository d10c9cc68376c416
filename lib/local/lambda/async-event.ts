/** An accepted event that its function has not handled yet. */
export interface AsyncEvent {
  readonly requestId: string;
  readonly functionName: string;
  readonly payload: string;
  readonly acceptedAtMs: number;
  readonly attempts: number;
}

export type AsyncEnd = 'Success' | 'RetriesExhausted' | 'EventAgeExceeded';
