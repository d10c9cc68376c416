import path from 'node:path';
import { Readable } from 'node:stream';
import { BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { marshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, describe, expect, it } from '@jest/globals';

import { seedkit, type ProgressEvent } from '../../../client/index.js';
import {
  aRecord,
  AWS,
  bucket,
  dynamoDb,
  resetAccount,
  s3,
  mockExecution,
  states,
} from '../mocked-account.js';

const kit = seedkit('demo', { aws: AWS });
const dirs = { app: path.resolve(import.meta.dirname, '../../fixtures/endings') };
const MISSING = { code: 'BundleMissing', message: 'There is no layer a.' };

/** Makes the runs end as given, in the order in which they were submitted. */
function runsEnd(...ends: readonly ('BundleMissing' | 'BuildFailed' | 'SUCCEEDED')[]): void {
  dynamoDb.on(BatchGetItemCommand).callsFake(({ RequestItems }: { RequestItems: Record<string, Batch> }) => {
    const runId = RequestItems['codeseeder-demo-runs']?.Keys[0]?.runId.S ?? '';
    const end = ends[requests().findIndex((request) => request.runId === runId)] ?? 'SUCCEEDED';
    const record =
      end === 'SUCCEEDED'
        ? aRecord({ runId, status: end, kind: 'commands' })
        : aRecord({ runId, status: 'FAILED', kind: 'commands', failure: { ...MISSING, code: end } });
    const item = marshall(record, { removeUndefinedValues: true });
    return { Responses: { 'codeseeder-demo-runs': [item] } };
  });
}

interface Batch {
  readonly Keys: readonly { readonly runId: { readonly S: string } }[];
}

interface Request {
  readonly runId: string;
  readonly retryOf?: string;
  readonly bundle: { readonly layers: readonly { readonly key: string }[] };
}

const requests = () =>
  states
    .commandCalls(StartExecutionCommand)
    .map(({ args: [{ input }] }) => JSON.parse(input.input ?? '') as Request);

beforeEach(resetAccount);

describe('a run that ends as BundleMissing', () => {
  it('A run that ends as BundleMissing is repeated once by a new run, whose layers are stored again, and returns its outcome', async () => {
    runsEnd('BundleMissing', 'SUCCEEDED');
    const events: ProgressEvent[] = [];
    const run = await kit.submitCommands(['ls'], {
      dirs,
      runId: 'nightly',
      onProgress: (event) => events.push(event),
    });
    // Removes the layers, as if they had expired.
    bucket.clear();
    const outcome = await run.outcome();

    const [first, second] = requests();
    expect(second).toMatchObject({
      ...first,
      runId: outcome.runId,
      retryOf: 'nightly',
      input: expect.anything(),
    });
    expect(outcome).toMatchObject({ runId: run.id, status: 'SUCCEEDED' });
    expect(run.id).not.toBe('nightly');
    expect(second?.bundle.layers.every(({ key }) => bucket.has(key))).toBe(true);
    const told = events.filter(({ type }) => type !== 'uploading' && type !== 'uploaded');
    expect(told.map(({ type }) => type)).toEqual([
      'packing',
      'packed',
      'submitted',
      'status',
      'finished',
      'repeating',
      'packing',
      'packed',
      'submitted',
      'status',
      'finished',
    ]);
    expect(events).toContainEqual({
      type: 'repeating',
      runId: 'nightly',
      reason: expect.stringContaining('There is no layer a.'),
    });
  });

  it('A run that ends as BundleMissing is not repeated a second time', async () => {
    runsEnd('BundleMissing', 'BundleMissing', 'SUCCEEDED');
    const run = await kit.submitCommands(['ls'], { dirs });

    const failures = [await run.outcome().catch(String), await run.outcome().catch(String)];

    expect(failures).toEqual(Array(2).fill(expect.stringContaining(`Run ${requests()[1]?.runId} failed`)));
    expect(requests()).toHaveLength(2);
  });

  it('A run that ends as BundleMissing is repeated once even if several callers wait for it', async () => {
    runsEnd('BundleMissing', 'SUCCEEDED');
    const run = await kit.submitCommands(['ls'], { dirs });
    const ends = await Promise.all([run.outcome(), run.result(), run.outcome()]);

    expect(requests()).toHaveLength(2);
    expect(ends[0]).toMatchObject({ runId: requests()[1]?.runId });
    expect(ends[2]).toMatchObject({ runId: requests()[1]?.runId });
  });

  it('A run that ends as BundleMissing is not repeated for a client that attached to it', async () => {
    runsEnd('BundleMissing');
    const { id } = await kit.submitCommands(['ls'], { dirs });
    mockExecution({ status: 'FAILED' });
    const attached = await kit.attach(id);

    await expect(attached.outcome()).rejects.toMatchObject({ code: 'BundleMissing' });
    expect(requests()).toHaveLength(1);
  });

  it('A run that ends as BundleMissing is not repeated when its bundle was prebuilt', async () => {
    runsEnd('BundleMissing');
    bucket.set('code.zip', Buffer.from('a zip'));
    s3.on(GetObjectCommand).callsFake(() => ({ Body: Readable.from([bucket.get('code.zip')]) }));
    const run = await kit.submitCommands(['ls'], { prebuiltBundle: 's3://releases/code.zip' });

    await expect(run.outcome()).rejects.toMatchObject({ code: 'BundleMissing' });
    expect(requests()).toHaveLength(1);
  });
});

describe('a run that ends otherwise', () => {
  it('A run that ends as BuildFailed is not repeated', async () => {
    runsEnd('BuildFailed');
    const run = await kit.submitCommands(['ls'], { dirs });

    await expect(run.outcome()).rejects.toMatchObject({ code: 'BuildFailed' });
    expect(requests()).toHaveLength(1);
  });

  it('A run that ends as BundleMissing is not repeated for a caller that stopped waiting', async () => {
    runsEnd('BundleMissing');
    const run = await kit.submitCommands(['ls'], { dirs });
    const signal = AbortSignal.abort(new Error('no more'));

    await expect(run.outcome({ signal })).rejects.toThrow();
    expect(requests()).toHaveLength(1);
  });
});
