import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';

import { BUILD_TIMEOUT_MINUTES, isTerminal, parseRunRequest } from '../../lib/contract/index.js';
import { HANDLER_MEMORY_MIB } from '../../lib/control-plane/handler-memory.js';
import { startExecution } from '../../lib/run-store/execution.js';
import { putInput } from '../../lib/run-store/files.js';
import { STATE_MACHINE_ARN } from '../soak/simulated/executions.js';
import type { Meter } from '../soak/simulated/meter.js';
import type { Item } from '../soak/simulated/run-items.js';
import { createWorld, type World } from '../soak/simulated/world.js';
import { PRICES } from './prices.js';

/** The requests of a run to AWS, and their price. */
export interface MeteredRun {
  readonly status: string | undefined;
  readonly transitions: number;
  readonly historyEvents: number;
  /**
   * Requests by service and operation, such as `dynamodb UpdateItem`, and invocations by handler, such as `lambda
   * wake-run`.
   */
  readonly requests: Readonly<Record<string, number>>;
  /** Price in USD, without the build and without the requests of a client that waits. */
  readonly usd: number;
}

export interface RunToMeter {
  readonly buildMinutes: number;
  /** Whether CodeBuild's events are delivered. Without them, the state machine polls the build. */
  readonly hasEvents: boolean;
}

const RUN_ID = 'metered';
const LOOK_EVERY_MS = 60_000;
/** Minutes by which the timeout of a build exceeds its duration. */
const SPARE_MINUTES = 10;
/** Minimum share of a phase's usual duration in the simulation. */
const SHORTEST_SHARE = 0.2;

type Counts = Record<string, number>;

/**
 * Runs a command in the simulated account, with the real state machine and handlers. Counts everything that AWS
 * charges for.
 */
export async function meterRun({ buildMinutes, hasEvents }: RunToMeter): Promise<MeteredRun> {
  const requests: Counts = {};
  const counts = { transitions: 0, historyEvents: 0, gigabyteSeconds: 0, writeUnits: 0 };
  const world = createWorld({
    seed: 1,
    random: () => 0,
    faultShare: 0,
    losesEvents: !hasEvents,
    quotas: 'aws',
    buildConcurrency: 1,
    workOf: () => ({
      seconds: (buildMinutes * 60) / SHORTEST_SHARE,
      succeeds: true,
      exported: {},
      upload: () => undefined,
    }),
    onWrite: (before, after) => (counts.writeUnits += writeUnitsOf(before, after)),
    meter: meterInto(counts, requests),
  });
  // Switches off faults of the simulated network, including late and repeated events.
  world.network.isFaulty = false;
  await submit(world, buildMinutes);
  for (;;) {
    const status = world.record(RUN_ID)?.status;
    if (status !== undefined && isTerminal(status)) break;
    await world.time.sleep(LOOK_EVERY_MS);
  }
  await world.time.sleep(LOOK_EVERY_MS);
  world.time.stop();
  const { transitions, historyEvents } = counts;
  const status = world.record(RUN_ID)?.status;
  return { status, transitions, historyEvents, requests, usd: priceOf(counts, requests) };
}

function meterInto(
  counts: { transitions: number; historyEvents: number; gigabyteSeconds: number },
  requests: Counts,
): Meter {
  const add = (name: string) => (requests[name] = (requests[name] ?? 0) + 1);
  return {
    transition: () => void (counts.transitions += 1),
    historyEvent: () => void (counts.historyEvents += 1),
    request: (service, operation) => {
      if (service !== 'lambda') add(`${service} ${operation}`);
    },
    invocation: (handler, milliseconds) => {
      add(`lambda ${handler}`);
      const memoryGb = HANDLER_MEMORY_MIB[handler as keyof typeof HANDLER_MEMORY_MIB] / 1_024;
      counts.gigabyteSeconds += (memoryGb * milliseconds) / 1_000;
    },
  };
}

async function submit(world: World, buildMinutes: number): Promise<void> {
  const s3 = world.client(S3Client, 's3');
  const invocation = Buffer.from(JSON.stringify({ kind: 'commands', target: ['true'] }));
  const input = await putInput(RUN_ID, invocation, { s3, bucket: 'bucket' });
  const build = { timeoutMinutes: Math.min(BUILD_TIMEOUT_MINUTES.max, buildMinutes + SPARE_MINUTES) };
  const request = parseRunRequest({ version: 1, runId: RUN_ID, seedkit: 'demo', input, build });
  const sfn = world.client(SFNClient, 'states');
  await startExecution(request, { sfn, stateMachineArn: STATE_MACHINE_ARN });
}

/**
 * Returns the write units of an item and its index entries. The index by day contains the whole item. The index by
 * build contains only keys, which change once. The index by facet contains only keys: a change of them deletes an
 * entry and adds another.
 */
function writeUnitsOf(before: Item | undefined, after: Item): number {
  const units = Math.ceil(Buffer.byteLength(JSON.stringify(after)) / 1_024);
  const byDay = after['day'] === undefined ? 0 : units;
  const byBuild = before?.['buildId'] === after['buildId'] ? 0 : 1;
  const isSameFacet = JSON.stringify(before?.['facet']) === JSON.stringify(after['facet']);
  const byFacet = isSameFacet ? 0 : before?.['facet'] === undefined ? 1 : 2;
  return units + byDay + byBuild + byFacet;
}

const FREE = ['codebuild', 'states'];
const READS = ['GetItem', 'BatchGetItem', 'Query'];
const WRITES = ['PutItem', 'UpdateItem', 'BatchWriteItem'];
const GETS = ['GetObject', 'HeadObject', 'GetObjectTagging', 'GetObjectAttributes'];

function priceOf(
  counts: { transitions: number; gigabyteSeconds: number; writeUnits: number },
  requests: Counts,
): number {
  const ofRequests = Object.entries(requests).map(([name, count]) => count * priceOfRequest(name));
  return (
    ofRequests.reduce((sum, usd) => sum + usd, 0) +
    counts.transitions * PRICES.transition.usd +
    counts.gigabyteSeconds * PRICES.gigabyteSecond.usd +
    counts.writeUnits * PRICES.writeUnit.usd
  );
}

/** Returns the price of a request. @throws Error for a request without a known price */
function priceOfRequest(name: string): number {
  const [service = '', operation = ''] = name.split(' ');
  // Writes are charged by write units, which are counted separately.
  if (FREE.includes(service) || WRITES.includes(operation)) return 0;
  if (service === 'lambda') return PRICES.invocation.usd;
  if (service === 'events') return PRICES.event.usd;
  if (READS.includes(operation)) return PRICES.readUnit.usd;
  if (GETS.includes(operation)) return PRICES.get.usd;
  if (service === 's3' && /^(Put|Copy|List)/.test(operation)) return PRICES.put.usd;
  throw new Error(`The price of ${name} is not in priceOfRequest().`);
}
