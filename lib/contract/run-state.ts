/** What the runner tells the code it runs, in the same process. */
export interface RunState {
  /** While modules are being imported, no remote function may be called. */
  phase: 'importing' | 'running';
}

const KEY = Symbol.for('codeseeder.run-state');

type Holder = { [KEY]?: RunState };

/** The runner's word to code of the same process; undefined where no runner is. */
export function currentRunState(): RunState | undefined {
  return (globalThis as Holder)[KEY];
}

export function setRunState(state: RunState): void {
  (globalThis as Holder)[KEY] = state;
}
