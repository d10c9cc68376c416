import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import {
  contentDigest,
  definitionKey,
  HANDLER_VARIABLES,
  INVOCATION_MAX_BYTES,
  JSON_VALUES_MAX,
  newTarget,
  targetKey,
  withVersion,
} from '../../../lib/contract/index.js';
import { HANDLER_MEMORY_MIB } from '../../../lib/control-plane/handler-memory.js';
import { aRecord } from '../../client/mocked-account.js';
import { aLayer } from '../../contract/builders.js';
import { startAccountOfOneObject, type AccountOfOneObject } from './an-account.js';

type Handler = 'start-run' | 'prepare-run' | 'collect-outcome' | 'start-target';

const LAMBDAS = path.resolve(import.meta.dirname, '../../../dist/lambdas');
/** Share of a function's memory that Lambda gives to the Node.js heap. */
const HEAP_SHARE = 0.9;
const MIB = 1024 ** 2;
const EXECUTION = 'arn:aws:states:us-east-1:000000000000:execution:codeseeder-demo:run-1';

/** Calls a built handler with the event from stdin. Prints the response or error, and the peak memory. */
const WORKER = `
const [file] = process.argv.slice(1);
let text = ''; for await (const chunk of process.stdin) text += chunk;
const { handler } = await import(file);
const answer = await handler(JSON.parse(text), { awsRequestId: 'request-1' }).catch((error) => ({ thrown: error.name, message: error.message }));
console.error(JSON.stringify({ answer, peakMib: process.resourceUsage().maxRSS / 1024, cpuSeconds: process.cpuUsage().user / 1e6 }));
process.exit();
`;

let account: AccountOfOneObject;

beforeAll(async () => {
  account = await startAccountOfOneObject();
});
afterAll(() => account.close());
beforeEach(() => {
  account.puts.length = 0;
  account.requests.length = 0;
  account.objects.clear();
  account.answers.clear();
});

interface Called {
  readonly answer: Readonly<Record<string, unknown>>;
  readonly peakMib: number;
  /** Processor time, because the elapsed time depends on what else the machine does. */
  readonly cpuSeconds: number;
}

/** Calls a handler in a new process, whose heap has the size that Lambda gives it. */
async function call(handler: Handler, event: unknown): Promise<Called> {
  const heapMib = Math.floor(HANDLER_MEMORY_MIB[handler] * HEAP_SHARE);
  const file = path.join(LAMBDAS, handler, 'index.mjs');
  const args = [`--max-old-space-size=${heapMib}`, '--input-type=module', '-e', WORKER, file];
  const child = spawn(process.execPath, args, {
    stdio: ['pipe', 'ignore', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'key',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_ENDPOINT_URL: account.endpoint,
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      [HANDLER_VARIABLES.seedkit]: 'demo',
      [HANDLER_VARIABLES.bucket]: 'bucket',
      [HANDLER_VARIABLES.runTable]: 'table',
      [HANDLER_VARIABLES.lockTable]: 'locks',
      [HANDLER_VARIABLES.eventBus]: 'bus',
      [HANDLER_VARIABLES.stateMachineArn]:
        'arn:aws:states:us-east-1:000000000000:stateMachine:codeseeder-demo',
      [HANDLER_VARIABLES.project]: 'codeseeder-demo',
      [HANDLER_VARIABLES.allow]:
        '{"images":[],"roles":[],"projects":[],"fleets":[],"secrets":[],"privileged":false}',
      [HANDLER_VARIABLES.recordExpirationDays]: '365',
      [HANDLER_VARIABLES.bundleExpirationDays]: '30',
      [HANDLER_VARIABLES.hasRegistryCredentials]: 'false',
      [HANDLER_VARIABLES.hasPackages]: 'false',
    },
  });
  let printed = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed += text));
  child.stdin.end(JSON.stringify(event));
  await once(child, 'close');
  const line = printed.split('\n').find((text) => text.startsWith('{"answer"'));
  if (line === undefined) throw new Error(`The handler died: ${printed.slice(-2_000)}`);
  return JSON.parse(line) as Called;
}

const filled = (unit: string, bytes: number, end: string) =>
  `[${unit.repeat(Math.floor((bytes - end.length - 2) / unit.length))}${end}]`;

const SIZE = INVOCATION_MAX_BYTES - 1_000;
/** Arguments of nearly the maximum size, and the error for those that are refused. */
const ARGUMENTS: readonly (readonly [about: string, args: () => string, refused: string | undefined])[] = [
  ['60 MiB of empty objects', () => filled('{},', 60 * MIB, '{}'), `more than ${JSON_VALUES_MAX} values`],
  [
    '60 MiB of nested arrays',
    () => filled(`${'['.repeat(400)}${']'.repeat(400)},`, 60 * MIB, '0'),
    `more than ${JSON_VALUES_MAX} values`,
  ],
  ['60 MiB of opening brackets', () => '['.repeat(60 * MIB), 'nested over 510 deep'],
  ['as many empty objects as are allowed', () => `[${'{},'.repeat(JSON_VALUES_MAX - 100)}{}]`, undefined],
  ['a text of escapes', () => `["${'\\u20ac'.repeat(SIZE / 6 - 1)}"]`, undefined],
  ['a text of characters of two bytes', () => `["${'é'.repeat(SIZE / 2 - 2)}"]`, undefined],
  ['a name of one property', () => `[{"${'k'.repeat(SIZE - 6)}":0}]`, undefined],
  [
    'names that are all different',
    () => `[{${Array.from({ length: 1_900_000 }, (_, index) => `"${index}":0`).join(',')}}]`,
    undefined,
  ],
  ['long numbers', () => filled(`${'1'.repeat(30)},`, SIZE, '1'), undefined],
];

/**
 * The arguments that need the most memory. They are used for the handlers that parse JSON in the same way.
 */
const LARGEST_ARGUMENTS = ARGUMENTS.filter(([about]) =>
  /60 MiB of empty objects|as many empty objects|all different/.test(about),
);

/** Arguments that took the most memory when they were parsed. */
const MOST_OBJECTS = LARGEST_ARGUMENTS.filter(([about]) => about.includes('empty objects'));

const node = (args: string) => `{"kind":"node","target":{"module":"m","exportName":"f"},"args":${args}}`;
const prepare = () =>
  call('prepare-run', {
    executionName: 'run-1',
    executionArn: EXECUTION,
    executionStartedAt: '2026-03-01T10:00:00.000Z',
    request: {
      version: 1,
      runId: 'run-1',
      seedkit: 'demo',
      input: {
        key: 'runs/run-1/input/invocation.json',
        sha256: createHash('sha256').update(account.object).digest('hex'),
        sizeBytes: account.object.length,
      },
      build: {},
    },
  });

/** Stores version 1 of the target `deploys`, which calls a Node.js function. */
function storeTarget(): void {
  const invocation = { kind: 'node' as const, target: { module: 'm', exportName: 'f' } };
  const stored = Buffer.from(
    JSON.stringify({
      version: 1,
      name: 'deploys',
      publication: 'pub-1',
      invocation,
      bundle: { layers: [aLayer()] },
      build: {},
    }),
  );
  const state = withVersion(newTarget('deploys'), {
    publication: 'pub-1',
    definition: contentDigest(stored),
    kind: 'node',
    runs: 'm#f',
    publishedAt: '2026-01-01T00:00:00.000Z',
  });
  account.objects.set(targetKey('deploys'), Buffer.from(JSON.stringify(state)));
  account.objects.set(definitionKey('deploys', 'pub-1'), stored);
}

/** Lets the run `run-0` of the target `deploys` have the object as its invocation. */
function storeFormerRun(): void {
  const record = aRecord({
    runId: 'run-0',
    status: 'FAILED',
    published: { name: 'deploys', version: 1 },
  });
  const Item = marshall(record, { removeUndefinedValues: true });
  const input = { key: 'runs/run-0/input/invocation.json', ...contentDigest(account.object) };
  const request = { version: 1, runId: 'run-0', seedkit: 'demo', input, build: {}, trigger: 'TARGET' };
  account.answers.set('DynamoDB_20120810.GetItem', { Item });
  account.answers.set('AWSStepFunctions.DescribeExecution', {
    executionArn: EXECUTION,
    stateMachineArn: 'arn',
    status: 'FAILED',
    startDate: 0,
    input: JSON.stringify(request),
  });
}

function expectWithin(handler: Handler, { peakMib, cpuSeconds }: Called): void {
  expect(peakMib).toBeLessThan(HANDLER_MEMORY_MIB[handler] / 2);
  expect(cpuSeconds).toBeLessThan(20);
}

describe('Inputs and results of the largest size', () => {
  it.each(ARGUMENTS)(
    '`prepare-run` reads an invocation with %s within its memory',
    async (_about, args, refused) => {
      account.object = Buffer.from(node(args()));
      const called = await prepare();

      expect(called.answer).toMatchObject({
        thrown: 'InvalidRequest',
        // These arguments are accepted, so the first error is about the missing bundle.
        message: expect.stringContaining(refused ?? 'a node invocation needs a bundle'),
      });
      expectWithin('prepare-run', called);
    },
  );

  it.each(LARGEST_ARGUMENTS)(
    '`start-run` reads an inbox request with %s within its memory',
    async (_about, args, refused) => {
      account.object = Buffer.from(`{"version":1,"runId":"run-1","invocation":${node(args())}}`);
      const called = await call('start-run', {
        id: 'event-1',
        'detail-type': 'Object Created',
        detail: { bucket: { name: 'bucket' }, object: { key: 'inbox/a.request.json' } },
      });

      if (refused === undefined) {
        expect(called.answer).toMatchObject({ runId: 'run-1' });
        // Two objects were written: the invocation and the trigger.
        expect(account.puts).toHaveLength(2);
      } else {
        expect(called.answer).toMatchObject({
          refused: { code: 'InvalidRequest', message: expect.stringContaining(refused) },
        });
      }
      expectWithin('start-run', called);
    },
  );

  it.each(MOST_OBJECTS)(
    '`start-run` reads a start of a target in the inbox with %s within its memory',
    async (_about, args, refused) => {
      storeTarget();
      account.object = Buffer.from(`{"runId":"run-1","args":${args()}}`);
      const called = await call('start-run', {
        id: 'event-1',
        'detail-type': 'Object Created',
        detail: { bucket: { name: 'bucket' }, object: { key: 'inbox/targets/deploys/a.request.json' } },
      });

      if (refused === undefined) {
        expect(called.answer).toMatchObject({ runId: 'run-1' });
        expect(Math.max(...account.puts)).toBeGreaterThan(account.object.length);
      } else {
        expect(called.answer).toMatchObject({
          refused: { code: 'InvalidRequest', message: expect.stringContaining(refused) },
        });
      }
      expectWithin('start-run', called);
    },
  );

  it.each(MOST_OBJECTS)(
    '`start-target` starts a run again that had %s within its memory',
    async (_about, args, refused) => {
      storeTarget();
      account.object = Buffer.from(node(args()));
      storeFormerRun();
      const called = await call('start-target', { again: { runId: 'run-0', newRunId: 'run-1' } });

      if (refused === undefined) {
        expect(called.answer).toMatchObject({ runId: 'run-1' });
        expect(account.puts).toContain(account.object.length);
      } else {
        expect(called.answer).toMatchObject({
          refused: { code: 'InvalidRequest', message: expect.stringContaining(refused) },
        });
      }
      expectWithin('start-target', called);
    },
  );

  it.each(LARGEST_ARGUMENTS)(
    '`collect-outcome` reads a result with %s within its memory',
    async (_about, args, refused) => {
      account.object = Buffer.from(`{"ok":true,"value":${args()}}`);
      const called = await call('collect-outcome', {
        runId: 'run-1',
        executionArn: EXECUTION,
        executionStartedAt: '2026-03-01T10:00:00.000Z',
        request: {},
        buildId: 'codeseeder-demo:1',
        caught: null,
      });

      if (refused === undefined) expect(called.answer).toMatchObject({ status: 'SUCCEEDED' });
      else {
        expect(called.answer).toMatchObject({ status: 'FAILED', cause: expect.stringContaining(refused) });
      }
      expectWithin('collect-outcome', called);
    },
  );

  it('`prepare-run` refuses commands that are larger than a buildspec without building them', async () => {
    account.object = Buffer.from(`{"kind":"commands","target":${filled('"a",', 15 * MIB, '"a"')}}`);
    const called = await prepare();

    expect(called.answer).toMatchObject({
      thrown: 'InvalidRequest',
      message: expect.stringMatching(/kind, target have \d+ bytes, at most 1048576 are allowed/),
    });
    expectWithin('prepare-run', called);
  });
});
