import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, it } from '@jest/globals';
import { App, DefaultStackSynthesizer, type IReusableStackSynthesizer } from 'aws-cdk-lib';

import { seedkit } from '../../client/index.js';
import { facetItems, type RunRecord, seedkitNames, statusEntry } from '../../lib/contract/index.js';
import { SeedkitStack } from '../../lib/cdk.js';
import { startLocalAws } from '../../lib/local/start-local-aws.js';
import { marshalled } from '../../lib/run-store/record.js';
import { aRunQueuedAgo } from '../client/list/run-table.js';
import type { SynthesizedTemplate } from './synthesized-template.js';

/**
 * The template of a seedkit before runs could be found by facets, and before locks, maps and targets: without their
 * tables, machine, handlers, policies and outputs.
 */
const FORMER = path.resolve(import.meta.dirname, '../fixtures/former-template.json');
const TEMPLATE = 'Seedkit.template.json';
const TABLE = seedkitNames.runTable('demo');

/** Synthesizes the seedkit of today. @returns its assembly */
function synthesizedToday(outdir: string): string {
  const app = new App({
    analyticsReporting: false,
    builtinCloudFormationValidation: false,
    outdir,
    defaultStackSynthesizer: new DefaultStackSynthesizer({
      generateBootstrapVersionRule: false,
    }) as IReusableStackSynthesizer,
  });
  new SeedkitStack(app, 'Seedkit', { seedkitName: 'demo' });
  return app.synth().directory;
}

/** Returns the assembly with the former template, whose handlers have today's code. */
async function formerAssembly(today: string, folder: string): Promise<string> {
  const former = path.join(folder, 'former');
  await cp(today, former, { recursive: true });
  const read = async (file: string) => JSON.parse(await readFile(file, 'utf8')) as SynthesizedTemplate;
  const [old, now] = [await read(FORMER), await read(path.join(today, TEMPLATE))];
  const functions = ({ Resources }: SynthesizedTemplate) =>
    Object.values(Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function');
  const codes = new Map(
    functions(now).map(({ Properties }) => [Properties['FunctionName'], Properties['Code']]),
  );
  for (const { Properties } of functions(old)) Properties['Code'] = codes.get(Properties['FunctionName']);
  await writeFile(path.join(former, TEMPLATE), JSON.stringify(old));
  return former;
}

it('A deployment over a former template adds indexes one by one, keeps the records, and lists runs of before and after', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'codeseeder-former-'));
  const place = await startLocalAws({ dataFolder: path.join(folder, 'data') });
  const { endpoint, region, credentials } = place;
  const dynamodb = new DynamoDBClient({ endpoint, region, credentials });
  const put = (item: object) =>
    dynamodb.send(new PutItemCommand({ TableName: TABLE, Item: marshalled(item) }));
  try {
    const today = synthesizedToday(path.join(folder, 'today'));
    const [before] = await place.deploy(await formerAssembly(today, folder));
    await put(aRunQueuedAgo(60, { runId: 'old', labels: { stage: 'prod' } }));
    const [after] = await place.deploy(today);

    const run: RunRecord = aRunQueuedAgo(1, { runId: 'new', labels: { stage: 'prod' } });
    for (const item of [{ ...run, ...statusEntry(run) }, ...facetItems(run)]) await put(item);
    const { runs } = seedkit('demo', { aws: { endpoint, region, credentials } });
    const all = await runs.list();
    const found = await runs.list({ labels: { stage: 'prod' } });

    expect(before?.outputs).not.toHaveProperty('TargetPolicyArn');
    expect(after?.outputs).toMatchObject({ ...before?.outputs, TargetPolicyArn: expect.any(String) });
    for (const listed of [all, found]) expect(listed.map(({ runId }) => runId)).toEqual(['new', 'old']);
  } finally {
    dynamodb.destroy();
    await place.close();
    await rm(folder, { recursive: true, force: true });
  }
});
