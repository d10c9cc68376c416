import type { Definition } from '../../../lib/local/states/interpreter/definition.js';
import type { Integrations } from '../../../lib/local/states/interpreter/integration.js';
import {
  type ExecutionEnd,
  runMachine,
  StopReason,
} from '../../../lib/local/states/interpreter/run-machine.js';
import { TaskTokens } from '../../../lib/local/states/interpreter/task-tokens.js';
import { AwsError } from '../../../lib/local/wire/aws-error.js';
import type { Quotas } from '../../../lib/local/quotas/quotas.js';
import type { Meter } from './meter.js';
import type { VirtualTime } from './virtual-time.js';

export const STATE_MACHINE_ARN = 'arn:aws:states:eu-central-1:123456789012:stateMachine:codeseeder-demo';

export interface ExecutionsOptions {
  readonly time: VirtualTime;
  readonly random: () => number;
  readonly quotas: Quotas;
  readonly meter: Meter;
  readonly definition: Definition;
  readonly integrations: Integrations;
  readonly onEvent: (detailType: string, detail: Readonly<Record<string, unknown>>) => void;
}

interface Entry {
  readonly name: string;
  readonly executionArn: string;
  readonly input: string;
  readonly startDate: Date;
  readonly controller: AbortController;
  end: ExecutionEnd | undefined;
  stopDate: Date | undefined;
}

const PAGE_SIZE = 1_000;
/** Time until ListExecutions returns a new execution. The operation is eventually consistent. */
const LIST_DELAY_MS = 2_000;

/** Step Functions with one state machine. The interpreter of the local AWS runs its executions. */
export class Executions {
  readonly #options: ExecutionsOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #tokens = new TaskTokens();

  constructor(options: ExecutionsOptions) {
    this.#options = options;
  }

  readonly operations = {
    StartExecution: ({ name, input }: { name: string; input: string }) => this.#start(name, input),
    StopExecution: ({
      executionArn,
      error,
      cause,
    }: {
      executionArn: string;
      error?: string;
      cause?: string;
    }) => {
      this.#find(executionArn).controller.abort(new StopReason(error, cause));
      return { stopDate: new Date(this.#options.time.now()) };
    },
    DescribeExecution: ({ executionArn }: { executionArn: string }) => described(this.#find(executionArn)),
    ListExecutions: ({ statusFilter, nextToken }: { statusFilter: string; nextToken?: string }) => {
      const before = this.#options.time.now() - LIST_DELAY_MS;
      const all = [...this.#entries.values()]
        .filter((entry) => statusOf(entry) === statusFilter)
        .filter(({ startDate, stopDate }) => (stopDate ?? startDate).getTime() <= before)
        .reverse();
      const start = Number(nextToken ?? 0);
      const end = start + PAGE_SIZE;
      return {
        executions: all.slice(start, end).map(described),
        nextToken: end < all.length ? String(end) : undefined,
      };
    },
    SendTaskSuccess: ({ taskToken, output }: { taskToken: string; output: string }) =>
      this.#answered(this.#tokens.succeed(taskToken, output)),
    SendTaskFailure: ({ taskToken, error, cause }: { taskToken: string; error: string; cause: string }) =>
      this.#answered(this.#tokens.fail(taskToken, error, cause)),
  };

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  #answered(isTaken: boolean): object {
    if (isTaken) return {};
    throw new AwsError('TaskTimedOut', 'The task does not wait with this token');
  }

  #find(executionArn: string): Entry {
    const found = this.#entries.get(executionArn.split(':').at(-1) ?? '');
    if (found === undefined) throw new AwsError('ExecutionDoesNotExist', `No execution ${executionArn}`);
    return found;
  }

  #start(name: string, input: string): object {
    const existing = this.#entries.get(name);
    if (existing !== undefined) {
      if (existing.input === input && existing.end === undefined) return described(existing);
      throw new AwsError('ExecutionAlreadyExists', `Execution ${name} exists`);
    }
    const executionArn = `${STATE_MACHINE_ARN.replace(':stateMachine:', ':execution:')}:${name}`;
    const entry: Entry = {
      name,
      executionArn,
      input,
      startDate: new Date(this.#options.time.now()),
      controller: new AbortController(),
      end: undefined,
      stopDate: undefined,
    };
    this.#entries.set(name, entry);
    void this.#run(entry);
    return described(entry);
  }

  async #run(entry: Entry): Promise<void> {
    const { time, random, quotas, meter, definition, integrations, onEvent } = this.#options;
    const { name, executionArn, input, controller } = entry;
    entry.end = await runMachine({
      definition,
      identity: {
        executionArn,
        name,
        roleArn: 'arn:aws:iam::123456789012:role/machine',
        startedAtMs: entry.startDate.getTime(),
        stateMachineArn: STATE_MACHINE_ARN,
        stateMachineName: 'codeseeder-demo',
        region: 'eu-central-1',
      },
      input,
      integrations,
      tokens: this.#tokens,
      clock: time,
      signal: controller.signal,
      transitionDelayMs: () => {
        meter.transition();
        return quotas.reserve({ service: 'states', operation: 'StateTransition' });
      },
      onEvent: () => meter.historyEvent(),
      random,
    });
    entry.stopDate = new Date(time.now());
    const { status, error, cause, output } = described(entry);
    onEvent('Step Functions Execution Status Change', {
      executionArn,
      stateMachineArn: STATE_MACHINE_ARN,
      name,
      status,
      input,
      output: output ?? null,
      error: error ?? null,
      cause: cause ?? null,
      startDate: entry.startDate.getTime(),
      stopDate: entry.stopDate.getTime(),
    });
  }
}

function statusOf({ end }: Entry): string {
  return end?.status ?? 'RUNNING';
}

function described(entry: Entry) {
  const { name, executionArn, input, startDate, stopDate, end } = entry;
  const { output, error, cause } = { output: undefined, error: undefined, cause: undefined, ...end };
  return { name, executionArn, input, startDate, stopDate, output, error, cause, status: statusOf(entry) };
}
