/** Receives what AWS charges for. */
export interface Meter {
  readonly transition: () => void;
  readonly historyEvent: () => void;
  /** A request, or an attempt at one. */
  readonly request: (service: string, operation: string) => void;
  readonly invocation: (handler: string, milliseconds: number) => void;
}

export const NO_METER: Meter = {
  transition: () => undefined,
  historyEvent: () => undefined,
  request: () => undefined,
  invocation: () => undefined,
};
