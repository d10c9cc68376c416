/** State of the runner, for the code that runs in its process. */
export interface RunState {
  /** `importing` while modules are imported. During that time, calls of remote functions are refused. */
  phase: 'importing' | 'running';
}

const KEY = Symbol.for('codeseeder.run-state');

type Holder = { [KEY]?: RunState };

/** Returns the state of this process's runner; undefined outside a build. */
export function currentRunState(): RunState | undefined {
  return (globalThis as Holder)[KEY];
}

/** Sets the state of this process's runner. */
export function setRunState(state: RunState): void {
  (globalThis as Holder)[KEY] = state;
}
