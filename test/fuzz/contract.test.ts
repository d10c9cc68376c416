import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
  CodeseederError,
  parseBundleManifest,
  parseCollectOutcomeInput,
  parseDeployedContext,
  parseInvocation,
  parseJson,
  parsePollBuildInput,
  parsePrepareRunInput,
  parseRequestedRun,
  parseRunRecord,
  parseRunRequest,
  parseRunResult,
  parseRunStateChange,
  parseScheduledRun,
  parseStartBuildInput,
  queuedRecord,
  runIdSchema,
  toRunStateChange,
} from '../../lib/contract/index.js';
import { aRunRecord, aRunRequest } from '../contract/builders.js';
import { CAMPAIGN_MS, holds } from './campaign.js';
import { jsonText, mutated, nastyJson, nastyText } from './nasty.js';
import { requestArbitrary } from './requests.js';

const invocations = fc.oneof(
  fc.record({
    kind: fc.constant('node'),
    target: fc.constant({ module: 'src/a.ts', exportName: 'f' }),
    args: fc.array(nastyJson),
  }),
  fc.record({
    kind: fc.constant('python'),
    target: fc.constant({ module: 'shop.orders', functionName: 'total' }),
    args: fc.array(nastyJson),
    kwargs: fc.dictionary(fc.constantFrom('a', 'b_c'), nastyJson),
  }),
  fc.record({ kind: fc.constant('commands'), target: fc.array(nastyText, { minLength: 1 }) }),
);

const records = fc.constant(
  aRunRecord({
    status: 'FAILED',
    failure: {
      code: 'TargetFailed',
      message: 'm',
      remote: { name: 'E', message: 'm', cause: { name: 'C', message: 'c' } },
    },
    exportedVariables: { A: 'b' },
    labels: { a: 'b' },
  }),
);

const PARSERS: readonly [string, (value: unknown) => unknown, fc.Arbitrary<unknown>][] = [
  ['run request', parseRunRequest, requestArbitrary],
  [
    'requested run',
    parseRequestedRun,
    fc.record({ version: fc.constant(1), invocation: invocations, build: fc.constant({}) }),
  ],
  [
    'scheduled run',
    parseScheduledRun,
    fc.record({
      schedule: fc.constant('nightly'),
      time: fc.constant('2026-01-01T00:00:00Z'),
      request: fc.record({ version: fc.constant(1), invocation: invocations }),
    }),
  ],
  ['invocation', parseInvocation, invocations],
  ['record', parseRunRecord, records],
  ['event', parseRunStateChange, records.map((record) => ({ ...toRunStateChange(record) }))],
  [
    'result',
    parseRunResult,
    fc.constant({ ok: false, error: { name: 'E', message: 'm', cause: { name: 'C', message: 'c' } } }),
  ],
  ['manifest', parseBundleManifest, fc.constant({ version: 1, modules: { a: 'b' } })],
  [
    'PrepareRun input',
    parsePrepareRunInput,
    fc.constant({
      executionName: 'run-1',
      executionArn: 'arn:aws:states:us-east-1:000000000000:execution:m:run-1',
      executionStartedAt: '2026-03-01T10:00:00Z',
      request: aRunRequest(),
    }),
  ],
  ['StartBuild input', parseStartBuildInput, nastyJson],
  ['WaitForBuild input', parsePollBuildInput, nastyJson],
  ['CollectOutcome input', parseCollectOutcomeInput, nastyJson],
];

describe('Parsers of the contract', () => {
  it.each(PARSERS)(
    'The parser of a %s returns it or throws one error that says what is wrong',
    async (_what, parse, valid) => {
      await holds(
        fc.property(fc.oneof({ weight: 4, arbitrary: mutated(valid) }, nastyJson), (value) => {
          const received = JSON.parse(jsonText(value)) as unknown;
          const read = attempt(() => parse(received));
          if (read instanceof CodeseederError) expectPlainRefusal(read);
          else if (isShallow(read))
            expect(parse(JSON.parse(JSON.stringify(read)))).toEqual(JSON.parse(JSON.stringify(read)));
        }),
        75,
      );
    },
    CAMPAIGN_MS,
  );

  it('The JSON parser returns a value or throws that the text is not JSON', async () => {
    await holds(
      fc.property(nastyText, (text) => {
        for (const read of [() => parseJson(text, 'text'), () => parseDeployedContext(text)]) {
          const found = attempt(read);
          if (found instanceof CodeseederError) expectPlainRefusal(found);
        }
      }),
      100,
    );
  });

  it('A request that breaks the contract still leads to a valid record', async () => {
    await holds(
      fc.property(mutated(requestArbitrary), (value) => {
        const record = queuedRecord({
          runId: 'run-1',
          seedkit: 'demo',
          executionArn: 'arn',
          executionStartedAt: '2026-03-01T10:00:00Z',
          recordExpirationDays: 1,
          request: JSON.parse(jsonText(value)) as unknown,
        });
        expect(parseRunRecord(record)).toEqual(record);
      }),
      100,
    );
  });

  it('Every accepted run id is a valid execution name', async () => {
    await holds(
      fc.property(nastyText, (text) => {
        expect(runIdSchema.safeParse(text).success).toBe(
          /^[A-Za-z0-9_-]+$/.test(text) && !text.endsWith('\n') && text.length <= 80,
        );
      }),
      150,
    );
  });
});

/** Returns the parsed value, or the CodeseederError that was thrown. Throws any other error. */
function attempt(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof CodeseederError) return error;
    throw error;
  }
}

/**
 * Returns whether a value can be written as JSON. A value that parsers pass through, such as the request in a
 * handler's input, may be nested too deeply.
 */
function isShallow(value: unknown): boolean {
  try {
    JSON.stringify(value);
    return true;
  } catch {
    return false;
  }
}

function expectPlainRefusal({ code, message }: CodeseederError): void {
  expect(code).toBe('InvalidRequest');
  expect(message.length).toBeGreaterThan(20);
  expect(message.length).toBeLessThan(20_000);
}
