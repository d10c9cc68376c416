/** Receives each event that AWS charges for. */
export interface Meter {
  readonly transition: () => void;
  readonly historyEvent: () => void;
  /** Called for each request, including each retry. */
  readonly request: (service: string, operation: string) => void;
  readonly invocation: (handler: string, milliseconds: number) => void;
}

export const NO_METER: Meter = {
  transition: () => undefined,
  historyEvent: () => undefined,
  request: () => undefined,
  invocation: () => undefined,
};
