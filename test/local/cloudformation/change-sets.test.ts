import {
  CloudFormationClient,
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  GetTemplateSummaryCommand,
  ListChangeSetsCommand,
  UpdateStackCommand,
  ValidateTemplateCommand,
  waitUntilStackCreateComplete,
  waitUntilStackDeleteComplete,
  waitUntilStackUpdateComplete,
  type CreateChangeSetCommandInput,
} from '@aws-sdk/client-cloudformation';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { Listener } from '../../../lib/local/server/listen-on-loopback.js';
import { startServer } from '../../../lib/local/server/start-server.js';
import { aStackBench, aThing, type StackBench } from '../template/a-stack.js';
import { aCloudFormation } from './a-cloudformation.js';

let bench: StackBench;
let listener: Listener;
let client: CloudFormationClient;
const templates = new Map<string, string>();
beforeEach(async () => {
  bench = await aStackBench();
  const { context, applier } = bench;
  const services = [aCloudFormation(context, applier, templates)];
  listener = await startServer({ context, services, port: 0 });
  client = new CloudFormationClient({
    endpoint: `http://127.0.0.1:${listener.port}`,
    region: context.region,
    credentials: context.credentials,
    maxAttempts: 1,
  });
});
afterEach(async () => {
  client.destroy();
  await bench.applier.settled();
  await listener.close();
  await bench.context.dispose();
});

const NAMES = { StackName: 'demo', ChangeSetName: 'first' };
const WAIT = { maxWaitTime: 20, minDelay: 0.1, maxDelay: 0.2 };
const waiting = () => ({ client, ...WAIT });

function template(...things: readonly string[]): string {
  return JSON.stringify({
    Parameters: { Size: { Type: 'String', Default: '1' } },
    Resources: Object.fromEntries(things.map((name) => [name, aThing({ Value: { Ref: 'Size' } })])),
  });
}

const create = (input: Partial<CreateChangeSetCommandInput>) =>
  client.send(new CreateChangeSetCommand({ ...NAMES, ChangeSetType: 'UPDATE', ...input }));

async function created(): Promise<void> {
  await client.send(new CreateStackCommand({ StackName: 'demo', TemplateBody: template('One') }));
  await waitUntilStackCreateComplete(waiting(), { StackName: 'demo' });
}

describe('A template in YAML', () => {
  const yaml = (...things: readonly string[]) =>
    [
      'Description: in YAML',
      'Parameters: {Size: {Type: String, Default: "1"}}',
      'Resources:',
      ...things.map(
        (name) => `  ${name}: {Type: "Test::Thing", Properties: {Value: !Sub "${name}-\${Size}"}}`,
      ),
    ].join('\n');

  it('A template in YAML is validated, created, updated and changed by a change set', async () => {
    const StackName = 'demo';
    expect(await client.send(new ValidateTemplateCommand({ TemplateBody: yaml('One') }))).toMatchObject({
      Description: 'in YAML',
      Parameters: [{ ParameterKey: 'Size', DefaultValue: '1' }],
    });
    await client.send(new CreateStackCommand({ StackName, TemplateBody: yaml('One') }));
    await waitUntilStackCreateComplete(waiting(), { StackName });
    await client.send(new UpdateStackCommand({ StackName, TemplateBody: yaml('One', 'Two') }));
    await waitUntilStackUpdateComplete(waiting(), { StackName });
    templates.set('assets/t.yaml', yaml('One', 'Two', 'Three'));
    await create({ TemplateURL: 'https://assets.s3.eu-central-1.amazonaws.com/t.yaml' });
    expect(await client.send(new DescribeChangeSetCommand(NAMES))).toMatchObject({
      Changes: [{ ResourceChange: { Action: 'Add', LogicalResourceId: 'Three' } }],
    });
    await client.send(new ExecuteChangeSetCommand(NAMES));
    await waitUntilStackUpdateComplete(waiting(), { StackName });
    expect(bench.provider.existing.get('thing-Three')).toMatchObject({ Value: 'Three-1' });
  });

  it('A template that is neither JSON nor YAML is refused with line and column', async () => {
    await expect(
      client.send(new ValidateTemplateCommand({ TemplateBody: 'Resources:\n  A: !Reff B' })),
    ).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'The template is neither JSON nor YAML: Unresolved tag: !Reff at line 2, column 6',
    });
  });
});

describe('A change set', () => {
  it('A change set creates a stack from a template in S3 after it was described', async () => {
    templates.set('assets/t.json', template('One'));
    const TemplateURL = 'https://s3.eu-central-1.amazonaws.com/assets/t.json';
    const { Id } = await create({ ChangeSetType: 'CREATE', TemplateURL, Tags: [{ Key: 'k', Value: 'v' }] });
    const { Stacks: [review] = [] } = await client.send(new DescribeStacksCommand({ StackName: 'demo' }));
    expect(review?.StackStatus).toBe('REVIEW_IN_PROGRESS');
    expect(bench.provider.steps).toEqual([]);
    expect(await client.send(new DescribeChangeSetCommand(NAMES))).toMatchObject({
      ChangeSetId: Id,
      Status: 'CREATE_COMPLETE',
      ExecutionStatus: 'AVAILABLE',
      Changes: [{ Type: 'Resource', ResourceChange: { Action: 'Add', LogicalResourceId: 'One' } }],
    });
    await client.send(new ExecuteChangeSetCommand(NAMES));
    await waitUntilStackCreateComplete(waiting(), { StackName: 'demo' });
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: 'demo' }));
    expect(stack).toMatchObject({ StackId: review?.StackId, Tags: [{ Key: 'k', Value: 'v' }] });
    expect(bench.provider.steps).toEqual(['create One']);
  });

  it('A change set updates a stack, keeps a previous parameter value, and deletes the other change sets', async () => {
    await created();
    const Size = (value: object) => [{ ParameterKey: 'Size', ...value }];
    await create({ TemplateBody: template('One'), Parameters: Size({ ParameterValue: '7' }) });
    await create({ ChangeSetName: 'other', TemplateBody: template('One', 'Two') });
    await client.send(new ExecuteChangeSetCommand(NAMES));
    await waitUntilStackUpdateComplete(waiting(), { StackName: 'demo' });
    expect(bench.provider.existing.get('thing-One')).toEqual({ Value: '7' });
    await expect(
      client.send(new ExecuteChangeSetCommand({ ...NAMES, ChangeSetName: 'other' })),
    ).rejects.toMatchObject({ name: 'ChangeSetNotFoundException' });
    await expect(client.send(new ExecuteChangeSetCommand(NAMES))).rejects.toMatchObject({
      name: 'InvalidChangeSetStatusException',
    });
    await create({
      ChangeSetName: 'kept',
      TemplateBody: template('One', 'Two'),
      Parameters: Size({ UsePreviousValue: true }),
    });
    await client.send(new ExecuteChangeSetCommand({ ...NAMES, ChangeSetName: 'kept' }));
    await waitUntilStackUpdateComplete(waiting(), { StackName: 'demo' });
    expect(bench.provider.existing.get('thing-Two')).toEqual({ Value: '7' });
  });

  it('A new stack is created by one of several change sets, and the others are refused', async () => {
    const names = ['first', 'second', 'third'];
    const made = await Promise.all(
      names.map((ChangeSetName) =>
        create({ ChangeSetName, ChangeSetType: 'CREATE', TemplateBody: template('One') }),
      ),
    );
    expect(new Set(made.map(({ StackId }) => StackId)).size).toBe(1);
    const executed = await Promise.allSettled(
      names.map((ChangeSetName) => client.send(new ExecuteChangeSetCommand({ ...NAMES, ChangeSetName }))),
    );
    expect(executed.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
    await waitUntilStackCreateComplete(waiting(), { StackName: 'demo' });
    expect(bench.provider.steps).toEqual(['create One']);
    await expect(
      create({ ChangeSetName: 'late', ChangeSetType: 'CREATE', TemplateBody: template('One') }),
    ).rejects.toThrow(/already exists/);
  });

  it('A change set is refused while its stack is being created, and when the stack has changed since', async () => {
    let settle: () => void = () => undefined;
    const make = bench.provider.create.bind(bench.provider);
    const maySettle = new Promise<void>((resolve) => (settle = resolve));
    bench.provider.create = (request) => maySettle.then(() => make(request));
    await client.send(new CreateStackCommand({ StackName: 'demo', TemplateBody: template('One') }));
    await expect(create({ TemplateBody: template('One', 'Two') })).rejects.toThrow(
      /CREATE_IN_PROGRESS state and can not be updated/,
    );
    settle();
    await waitUntilStackCreateComplete(waiting(), { StackName: 'demo' });
    await create({ TemplateBody: template('One', 'Two') });
    await client.send(new UpdateStackCommand({ StackName: 'demo', TemplateBody: template('One', 'Three') }));
    await waitUntilStackUpdateComplete(waiting(), { StackName: 'demo' });
    await expect(client.send(new ExecuteChangeSetCommand(NAMES))).rejects.toMatchObject({
      name: 'InvalidChangeSetStatusException',
    });
  });

  it('A change set fails with the message of the service when it changes nothing, and can be deleted', async () => {
    await created();
    await create({ TemplateBody: template('One') });
    expect(await client.send(new DescribeChangeSetCommand(NAMES))).toMatchObject({
      Status: 'FAILED',
      StatusReason: expect.stringContaining("The submitted information didn't contain changes."),
    });
    await client.send(new DeleteChangeSetCommand(NAMES));
    await client.send(new DeleteChangeSetCommand(NAMES));
    await expect(client.send(new DescribeChangeSetCommand(NAMES))).rejects.toMatchObject({
      name: 'ChangeSetNotFoundException',
    });
    expect((await client.send(new ListChangeSetsCommand({ StackName: 'demo' }))).Summaries).toEqual([]);
  });

  it.each([
    [{ ChangeSetType: 'IMPORT' as const }, /only change sets of the types CREATE and UPDATE/],
    [{ ChangeSetType: 'CREATE' as const }, /already exists/],
    [{ StackName: 'nowhere' }, /Stack \[nowhere\] does not exist/],
    [
      { TemplateBody: '{"Resources":{"A":{"Type":"AWS::ECS::Cluster"}}}' },
      /does not have this resource type/,
    ],
    [{ OnStackFailure: 'DELETE' as const }, /has no OnStackFailure/],
    [{ Parameters: [{ ParameterKey: 'Nope', UsePreviousValue: true }] }, /usePreviousValue/],
  ])('A change set is refused for %j', async (input, message) => {
    await created();
    await expect(create({ TemplateBody: template('One'), ...input })).rejects.toThrow(message);
    expect(bench.provider.steps).toEqual(['create One']);
  });
});

describe('A stack without a change set', () => {
  it('A stack can be created, updated and deleted without a change set, but not created twice', async () => {
    await created();
    const body = { StackName: 'demo', TemplateBody: template('One') };
    await expect(client.send(new CreateStackCommand(body))).rejects.toMatchObject({
      name: 'AlreadyExistsException',
    });
    await expect(client.send(new UpdateStackCommand(body))).rejects.toThrow(
      'No updates are to be performed.',
    );
    await client.send(new UpdateStackCommand({ ...body, TemplateBody: template('Two') }));
    await waitUntilStackUpdateComplete(waiting(), { StackName: 'demo' });
    await client.send(new DeleteStackCommand({ StackName: 'demo' }));
    await waitUntilStackDeleteComplete(waiting(), { StackName: 'demo' });
    expect(bench.provider.existing.size).toBe(0);
    await client.send(new DeleteStackCommand({ StackName: 'demo' }));
  });

  it('`ValidateTemplate` and `GetTemplateSummary` describe a template whose stack does not exist', async () => {
    const TemplateBody = template('One');
    const { Parameters } = await client.send(new ValidateTemplateCommand({ TemplateBody }));
    expect(Parameters).toMatchObject([{ ParameterKey: 'Size', DefaultValue: '1' }]);
    const { ResourceTypes } = await client.send(new GetTemplateSummaryCommand({ TemplateBody }));
    expect(ResourceTypes).toEqual(['Test::Thing']);
  });
});
