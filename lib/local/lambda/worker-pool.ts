import { AwsError } from '../wire/aws-error.js';
import type { StoredFunction } from './stored-function.js';

/** What the pool needs to know of a worker. */
export interface PoolWorker {
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** Lends each worker to one invocation at a time. */
export interface WorkerPool<W extends PoolWorker> {
  /** Waits its turn while the function's or the place's workers are all busy. */
  acquire(definition: StoredFunction): Promise<W>;
  release(worker: W): void;
  /** Stops a function's workers, the busy ones after their invocation. */
  retire(functionName: string): void;
  /** Stops all workers; who waits is refused. */
  close(): Promise<void>;
}

export interface WorkerPoolOptions<W extends PoolWorker> {
  readonly start: (definition: StoredFunction) => W;
  readonly workersPerFunction: number;
  /** Kept by all functions together, except that each may have one worker: a function that calls another goes on. */
  readonly workersInAll: number;
  readonly idleMs: number;
}

interface Member<W> {
  readonly worker: W;
  readonly name: string;
  readonly revision: string;
  busy: boolean;
  retired: boolean;
  idleTimer?: NodeJS.Timeout;
}

interface Waiting<W> {
  readonly definition: StoredFunction;
  readonly resolve: (worker: W) => void;
  readonly reject: (error: Error) => void;
}

export function createWorkerPool<W extends PoolWorker>(options: WorkerPoolOptions<W>): WorkerPool<W> {
  const members = new Set<Member<W>>();
  let waiting: Waiting<W>[] = [];
  let closed = false;

  const drop = (member: Member<W>) => {
    clearTimeout(member.idleTimer);
    if (members.delete(member)) void member.worker.stop();
  };
  const idleOf = (fits: (member: Member<W>) => boolean) =>
    [...members].find((member) => !member.busy && !member.retired && fits(member));
  const mayStart = (name: string) => {
    const own = [...members].filter((member) => member.name === name && !member.retired).length;
    if (own >= options.workersPerFunction) return false;
    if (members.size < options.workersInAll) return true;
    const unused = idleOf((member) => member.name !== name);
    if (unused !== undefined) drop(unused);
    return unused !== undefined || own === 0;
  };
  const startMember = ({ name, revision, ...rest }: StoredFunction): Member<W> => {
    const worker = options.start({ name, revision, ...rest });
    const member: Member<W> = { worker, name, revision, busy: true, retired: false };
    members.add(member);
    void worker.ended.then(() => {
      drop(member);
      dispatch();
    });
    return member;
  };
  const find = (definition: StoredFunction): Member<W> | undefined => {
    const idle = idleOf(({ name, revision }) => name === definition.name && revision === definition.revision);
    if (idle !== undefined) return idle;
    return mayStart(definition.name) ? startMember(definition) : undefined;
  };
  const dispatch = () => {
    waiting = waiting.filter(({ definition, resolve, reject }) => {
      try {
        const member = find(definition);
        if (member === undefined) return true;
        clearTimeout(member.idleTimer);
        member.busy = true;
        resolve(member.worker);
      } catch (error) {
        reject(error as Error);
      }
      return false;
    });
  };

  return {
    acquire: (definition) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(placeStopped());
        waiting.push({ definition, resolve, reject });
        dispatch();
      }),
    release: (worker) => {
      const member = [...members].find((candidate) => candidate.worker === worker);
      if (member === undefined) return;
      member.busy = false;
      if (member.retired) drop(member);
      else member.idleTimer = setTimeout(() => drop(member), options.idleMs).unref();
      dispatch();
    },
    retire: (functionName) => {
      for (const member of members) {
        if (member.name !== functionName) continue;
        member.retired = true;
        if (!member.busy) drop(member);
      }
    },
    close: async () => {
      closed = true;
      for (const { reject } of waiting.splice(0)) reject(placeStopped());
      await Promise.all([...members].map((member) => member.worker.stop()));
    },
  };
}

function placeStopped(): AwsError {
  return new AwsError('ServiceException', 'The local place was stopped.', 500, { Type: 'Service' });
}
