/** Time that work of a target may take after the target returned. Work that it awaits is not limited. */
const OPEN_WORK_MAX_MS = 60_000;
/** Time after which the runner prints to the log what it waits for. */
const NOTICE_MS = 5_000;

/** Names of the resources that `process.getActiveResourcesInfo()` lists. */
const RESOURCES: Readonly<Record<string, string>> = {
  Timeout: 'timer',
  ProcessWrap: 'child process',
  TCPSocketWrap: 'connection',
  TCPServerWrap: 'server',
  TLSWrap: 'connection',
  MessagePort: 'worker thread',
  FSReqPromise: 'file operation',
  FSReqCallback: 'file operation',
  FSEvent: 'watched file',
  GetAddrInfoReqWrap: 'name lookup',
};

/**
 * Calls `end` if the process still has work after 60 seconds, and prints which work. Does not keep the process alive,
 * so that it ends as soon as no work is left.
 */
export function limitOpenWork(end: () => void): void {
  setTimeout(() => {
    printNotice(
      `its work goes on (${describeOpenWork()}) and may take ${OPEN_WORK_MAX_MS / 1_000} seconds in all`,
    );
  }, NOTICE_MS).unref();
  setTimeout(() => {
    printNotice(
      `its work still goes on (${describeOpenWork()}) and is ended now. Await all work before you return`,
    );
    end();
  }, OPEN_WORK_MAX_MS).unref();
}

function printNotice(text: string): void {
  process.stderr.write(`codeseeder: the function returned, but ${text}.\n`);
}

/** Counts what keeps the process alive, such as `2 timers, 1 child process`. */
function describeOpenWork(): string {
  const counts = new Map<string, number>();
  for (const resource of process.getActiveResourcesInfo()) {
    const name = RESOURCES[resource];
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const parts = [...counts].map(([name, count]) => `${count} ${name}${count === 1 ? '' : 's'}`);
  return parts.join(', ').replace('processs', 'processes') || 'other resources';
}
