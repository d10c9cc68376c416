/** Names of the members of `process` that contain its listeners. */
const LISTENERS = new Set(['_events', '_eventsCount', '_maxListeners']);

/** Globals in which the CDK keeps state. The CDK is loaded once per worker, so these are not restored. */
const KEPT = /^(__cdk|@aws-cdk\/)/;

/**
 * Records the state that the test files of a worker share: globals, members of `process`, its environment variables,
 * folder and listeners.
 * @returns a function that restores this state
 */
function rememberProcess() {
  const globals = Object.getOwnPropertyDescriptors(globalThis);
  const members = Object.getOwnPropertyDescriptors(process);
  const environment = { ...process.env };
  const folder = process.cwd();
  const { exitCode } = process;
  const { stackTraceLimit } = Error;
  const listeners = new Map(process.eventNames().map((event) => [event, process.rawListeners(event)]));
  return () => {
    restoreProperties(globalThis, globals);
    restoreProperties(process, members);
    restoreEnvironment(environment);
    restoreListeners(listeners);
    process.chdir(folder);
    process.exitCode = exitCode;
    Error.stackTraceLimit = stackTraceLimit;
  };
}

function restoreProperties(object, before) {
  for (const key of Reflect.ownKeys(object)) {
    if (object === process && LISTENERS.has(key)) continue;
    const was = before[key];
    if (was === undefined) {
      if (!KEPT.test(nameOf(key))) delete object[key];
      continue;
    }
    const is = Object.getOwnPropertyDescriptor(object, key);
    if (!Object.is(is.value, was.value) || is.get !== was.get) Object.defineProperty(object, key, was);
  }
  for (const key of Reflect.ownKeys(before)) {
    if (!Object.hasOwn(object, key)) Object.defineProperty(object, key, before[key]);
  }
}

function nameOf(key) {
  return typeof key === 'symbol' ? (key.description ?? '') : key;
}

function restoreEnvironment(before) {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  for (const [name, value] of Object.entries(before)) {
    if (process.env[name] !== value) process.env[name] = value;
  }
}

function restoreListeners(before) {
  for (const event of process.eventNames()) {
    // Keeps listeners for `exit`: shared modules use them to end what they have started.
    if (event === 'exit') continue;
    for (const listener of process.rawListeners(event)) {
      if (!before.get(event)?.includes(listener)) process.removeListener(event, listener);
    }
  }
}

module.exports = { rememberProcess };
