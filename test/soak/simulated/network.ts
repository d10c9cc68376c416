import type { Quotas } from '../../../lib/local/quotas/quotas.js';
import { throttlingError } from '../../../lib/local/quotas/throttling-error.js';
import { AwsError } from '../../../lib/local/wire/aws-error.js';
import { CALL_FAULTS } from '../fault-kinds.js';
import type { Meter } from './meter.js';
import type { VirtualTime } from './virtual-time.js';

/** A process that calls services. */
export interface Caller {
  /** Returns whether the process has ended. It then receives no response. */
  readonly isGone: () => boolean;
  /** Ends the process. Only processes of handlers can be ended. */
  readonly kill?: () => void;
}

/** A call of a service's operation. */
export interface ServiceCall {
  readonly service: string;
  readonly operation: string;
  readonly resource?: string | undefined;
  readonly caller: Caller;
}

/** Thrown when a connection ends without a response. */
export class LostConnection extends Error {
  override readonly name = 'TimeoutError';
}

const FAULTS = [...CALL_FAULTS, 'handler killed before', 'handler killed after the work'] as const;
type Fault = (typeof FAULTS)[number];

export interface NetworkOptions {
  readonly time: VirtualTime;
  readonly quotas: Quotas;
  readonly random: () => number;
  /** Share of calls with a fault, 0 to 1. */
  readonly faultShare: number;
  readonly meter: Meter;
}

/** Runs the operation and returns its response. */
type Work<Output> = () => Output | Promise<Output>;

const LATENCY_MS = 40;
const LONGEST_DELAY_MS = 20_000;

/**
 * The network between callers and services. It delays calls, counts them against quotas, and makes some fail at
 * random.
 */
export class Network {
  /** Whether calls fail at random. */
  isFaulty = true;
  /** Number of faults by kind. */
  readonly faults: Record<string, number> = {};
  /** Number of calls over a quota, by operation. */
  readonly throttled: Record<string, number> = {};
  readonly #options: NetworkOptions;

  constructor(options: NetworkOptions) {
    this.#options = options;
  }

  /**
   * Makes one call.
   * @param work runs the operation
   * @throws AwsError of the service, {@link LostConnection}
   */
  async call<Output>(call: ServiceCall, work: Work<Output>): Promise<Output> {
    const { time, random, meter } = this.#options;
    await time.sleep(LATENCY_MS * (0.2 + random()));
    meter.request(call.service, call.operation);
    const fault = this.#drawFault(call);
    const output = await this.#answer(call, fault, work);
    await time.sleep(LATENCY_MS * (0.2 + random()));
    if (call.caller.isGone()) return new Promise<never>(() => undefined);
    return output;
  }

  #drawFault({ caller }: ServiceCall): Fault | undefined {
    const { random, faultShare } = this.#options;
    if (!this.isFaulty || random() >= faultShare) return undefined;
    const drawn = FAULTS[Math.floor(random() * FAULTS.length)] ?? 'throttled';
    const fault = drawn.startsWith('handler killed') && caller.kill === undefined ? 'dropped before' : drawn;
    this.faults[fault] = (this.faults[fault] ?? 0) + 1;
    return fault;
  }

  async #answer<Output>(call: ServiceCall, fault: Fault | undefined, work: Work<Output>): Promise<Output> {
    const { time, random } = this.#options;
    const { service, caller } = call;
    switch (fault) {
      case 'throttled':
        throw throttlingError(service);
      case 'failed before':
        throw broken(service);
      case 'failed after the work':
        this.#workUnheard(call, work);
        throw broken(service);
      case 'dropped before':
        throw new LostConnection();
      case 'dropped after the work':
        this.#workUnheard(call, work);
        throw new LostConnection();
      case 'silent, then dropped':
        await time.sleep(random() * LONGEST_DELAY_MS);
        throw new LostConnection();
      case 'delayed':
        await time.sleep(random() * LONGEST_DELAY_MS);
        return this.#work(call, work);
      case 'duplicated':
        this.#workUnheard(call, work);
        return this.#work(call, work);
      case 'handler killed before':
        caller.kill?.();
        return new Promise<never>(() => undefined);
      case 'handler killed after the work':
        this.#workUnheard(call, work);
        caller.kill?.();
        return new Promise<never>(() => undefined);
      case undefined:
        return this.#work(call, work);
    }
  }

  #workUnheard(call: ServiceCall, work: Work<unknown>): void {
    this.#work(call, work).catch(() => undefined);
  }

  async #work<Output>({ service, operation, resource }: ServiceCall, work: Work<Output>): Promise<Output> {
    try {
      this.#options.quotas.take({ service, operation, resource });
    } catch (error) {
      this.throttled[operation] = (this.throttled[operation] ?? 0) + 1;
      throw error;
    }
    return work();
  }
}

const INTERNAL_ERRORS: Readonly<Record<string, string>> = {
  lambda: 'ServiceException',
  dynamodb: 'InternalServerError',
  s3: 'InternalError',
};

function broken(service: string): AwsError {
  return new AwsError(INTERNAL_ERRORS[service] ?? 'InternalFailure', 'The service failed (soak)', 500);
}
