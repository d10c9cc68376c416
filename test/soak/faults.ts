import { readdirSync, readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

import fc from 'fast-check';

import { AwsError, ConnectionDropped, type Intercept, type PlaceCall } from '../../lib/local/index.js';
import { CALL_FAULTS } from './fault-kinds.js';

const KINDS = [...CALL_FAULTS, 'handler killed'] as const;
export type FaultKind = (typeof KINDS)[number];

/** Faults of build events. AWS delivers events on a best-effort basis. */
const EVENT_KINDS = ['event lost', 'event late', 'event doubled'] as const;

/** Share of the events of builds that are lost, late or doubled. */
const EVENT_SHARE = 0.4;

/** Maximum delay of a late event. It may arrive after the end of its run. */
const LATEST_EVENT_MS = 20_000;

interface Fault {
  readonly kind: FaultKind;
  readonly waitMs: number;
}

export interface Faults {
  readonly intercept: Intercept;
  /** Switches the faults on or off. */
  arm(armed: boolean): void;
  /** Returns the number of faults by kind. */
  counts(): Readonly<Record<string, number>>;
}

/** User agent of the observer, whose calls have no faults. */
export const OBSERVER = 'soak-observer';
/** Throttling errors by service. */
const THROTTLES: Readonly<Record<string, string>> = {
  lambda: 'TooManyRequestsException',
  dynamodb: 'ProvisionedThroughputExceededException',
  s3: 'SlowDown',
};
/** Internal errors by service. */
const FAULTS: Readonly<Record<string, string>> = {
  lambda: 'ServiceException',
  dynamodb: 'InternalServerError',
  s3: 'InternalError',
  logs: 'ServiceUnavailableException',
};
const LONGEST_WAIT_MS = 2_500;

/**
 * Returns an interceptor that makes calls fail at random.
 * @param share share of calls with a fault, 0 to 1
 */
export function randomFaults({ seed, share }: { seed: number; share: number }): Faults {
  const stream = faultStream(seed, share);
  const eventStream = eventFaults(seed, share === 0 ? 0 : EVENT_SHARE);
  const counts: Record<string, number> = {};
  let armed = false;
  return {
    arm: (wanted) => void (armed = wanted),
    counts: () => counts,
    async intercept(call, proceed) {
      if (!armed || call.userAgent?.includes(OBSERVER) === true) return proceed();
      if (call.functionName?.endsWith('-wake-run') === true) {
        const eventFault = eventStream();
        if (eventFault !== null) {
          counts[eventFault] = (counts[eventFault] ?? 0) + 1;
          return injectEventFault(eventFault, proceed);
        }
      }
      const fault = stream();
      const kind = fault === null ? null : fitting(fault.kind, call);
      if (fault === null || kind === null) return proceed();
      counts[kind] = (counts[kind] ?? 0) + 1;
      return injectFault({ kind, waitMs: fault.waitMs }, call, proceed);
    },
  };
}

/**
 * Returns a function that returns the next fault. Equal seeds give the same faults in the same order, but which call
 * gets a fault depends on the order of the calls.
 */
function faultStream(seed: number, share: number): () => Fault | null {
  const fault = fc.record({
    kind: fc.constantFrom(...KINDS),
    waitMs: fc.noBias(fc.integer({ min: 0, max: LONGEST_WAIT_MS })),
    isInjected: fc.noBias(fc.integer({ min: 0, max: 9_999 })).map((number) => number < share * 10_000),
  });
  const buffer: Fault[] = [];
  let block = seed;
  return () => {
    if (buffer.length === 0) {
      const drawn = fc.sample(fc.noBias(fault), { seed: block, numRuns: 1_000 });
      buffer.push(...drawn.map(({ isInjected, ...rest }) => (isInjected ? rest : (null as never))));
      block += 1;
    }
    return buffer.pop() ?? null;
  };
}

function eventFaults(seed: number, share: number): () => (typeof EVENT_KINDS)[number] | null {
  const fault = fc.record({
    kind: fc.constantFrom(...EVENT_KINDS),
    isInjected: fc.noBias(fc.integer({ min: 0, max: 99 })).map((number) => number < share * 100),
  });
  const drawn = fc.sample(fc.noBias(fault), { seed, numRuns: 997 });
  let next = 0;
  return () => {
    const { kind, isInjected } = drawn[next++ % drawn.length] ?? { kind: 'event lost', isInjected: false };
    return isInjected ? kind : null;
  };
}

/**
 * Delays, repeats or drops an event. EventBridge invokes functions asynchronously, so it receives no response of the
 * function.
 */
async function injectEventFault<Answer>(
  kind: (typeof EVENT_KINDS)[number],
  proceed: () => Promise<Answer>,
): Promise<Answer> {
  if (kind === 'event doubled') {
    await proceed();
    return proceed();
  }
  if (kind === 'event late') {
    void sleep(Math.random() * LATEST_EVENT_MS, undefined, { ref: false })
      .then(proceed)
      .catch(() => undefined);
  }
  return undefined as Answer;
}

/** Only handlers can be killed. For other callers, a kill becomes a lost response. */
function fitting(kind: FaultKind, { functionName }: PlaceCall): FaultKind | null {
  return kind === 'handler killed' && functionName === undefined ? 'dropped after the work' : kind;
}

async function injectFault<Answer>(
  { kind, waitMs }: Fault,
  call: PlaceCall,
  proceed: () => Promise<Answer>,
): Promise<Answer> {
  switch (kind) {
    case 'throttled':
      throw new AwsError(THROTTLES[call.service] ?? 'ThrottlingException', 'Rate exceeded (soak)', 429);
    case 'failed before':
      throw broken(call);
    case 'failed after the work':
      discard(await proceed());
      throw broken(call);
    case 'dropped before':
      throw new ConnectionDropped('soak');
    case 'dropped after the work':
      discard(await proceed());
      throw new ConnectionDropped('soak');
    case 'silent, then dropped':
      await sleep(waitMs);
      throw new ConnectionDropped('soak');
    case 'delayed':
      await sleep(waitMs);
      return proceed();
    case 'duplicated': {
      const [first, second] = await Promise.allSettled([proceed(), proceed()]);
      if (second.status === 'rejected') {
        if (first.status === 'rejected') throw first.reason;
        return first.value;
      }
      if (first.status === 'fulfilled') discard(first.value);
      return second.value;
    }
    case 'handler killed': {
      const answer = proceed();
      answer.catch(() => undefined);
      await sleep(waitMs / 10);
      killWorker(call.functionName ?? '');
      return answer;
    }
  }
}

/** Closes the file behind a response that nobody reads. */
function discard(answer: unknown): void {
  const body = typeof answer === 'object' && answer !== null && 'body' in answer ? answer.body : undefined;
  if (body instanceof Readable) body.destroy();
}

function broken({ service }: PlaceCall): AwsError {
  return new AwsError(FAULTS[service] ?? 'InternalFailure', 'The service failed (soak)', 500);
}

/** Kills a worker process of this local AWS that runs the function, if there is one. */
function killWorker(functionName: string): void {
  const wanted = `AWS_LAMBDA_FUNCTION_NAME=${functionName.split(':').at(-1)}`;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const parent = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1];
      if (Number(parent) !== process.pid) continue;
      if (!readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(wanted)) continue;
      process.kill(Number(pid), 'SIGKILL');
      return;
    } catch {
      // The process has ended in the meantime.
    }
  }
}
