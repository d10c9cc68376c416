import {
  CloudFormationClient,
  DeleteChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ListChangeSetsCommand,
  type StackStatus,
} from '@aws-sdk/client-cloudformation';
import { DescribeTableCommand, DynamoDBClient, ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';

import type { DeployMeans } from '../../../client/deploy/deploy-over.js';
import { deploySeedkit } from '../../../client/deploy/deploy-seedkit.js';
import { ensureDeployed } from '../../../client/deploy/ensure-deployed.js';
import { isAsPlanned, wasOvertaken, type Plan } from '../../../client/deploy/overtaking.js';
import type { StackState } from '../../../client/deploy/stack-state.js';

const STACK_NAME = 'aws-codeseeder-demo';
const aws = { region: 'eu-west-1', credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'example' } };
const cloudFormation = mockClient(CloudFormationClient);
const dynamoDb = mockClient(DynamoDBClient);

/** The stack as CloudFormation has it. */
interface Stack {
  readonly status: StackStatus;
  readonly id?: string;
  readonly deployId?: string;
  readonly updatedAtMs?: number;
}

let stack: Stack | undefined;
/** What the stack becomes when it is looked at for the next times. */
let next: (Stack | undefined)[];
let changeSets: string[];
/** Contexts that were synthesized, one for each attempt. */
let contexts: Readonly<Record<string, string>>[];

beforeEach(() => {
  stack = undefined;
  next = [];
  changeSets = [];
  contexts = [];
  dynamoDb.reset();
  dynamoDb.on(DescribeTableCommand).rejects(new ResourceNotFoundException({ $metadata: {}, message: 'no' }));
  cloudFormation.reset();
  cloudFormation.on(DescribeStackEventsCommand).resolves({ StackEvents: [] });
  cloudFormation.on(DeleteChangeSetCommand).resolves({});
  cloudFormation.on(ListChangeSetsCommand).callsFake(async () => ({
    Summaries: changeSets.map((ChangeSetName) => ({ ChangeSetName, Status: 'CREATE_COMPLETE' })),
  }));
  cloudFormation.on(DescribeStacksCommand).callsFake(async () => {
    const now = stack;
    if (next.length > 0) stack = next.shift();
    if (now === undefined) throw new Error(`Stack with id ${STACK_NAME} does not exist`);
    return { Stacks: [described(now)] };
  });
});

function described({ status, id = 'arn:stack', deployId = 'theirs', updatedAtMs }: Stack) {
  const isMade = /^(CREATE_COMPLETE|UPDATE_)/.test(status);
  return {
    StackId: id,
    StackName: STACK_NAME,
    StackStatus: status,
    ...(updatedAtMs !== undefined && { LastUpdatedTime: new Date(updatedAtMs) }),
    Outputs: isMade
      ? [
          { OutputKey: 'StateMachineArn', OutputValue: 'arn:machine' },
          { OutputKey: 'DeployId', OutputValue: deployId },
        ]
      : [],
  };
}

/** What others do while the toolkit is at work, one entry for each attempt, and how it then goes on. */
type Attempt = (toolkit: {
  /** Makes its change set and asks, as the CDK's does. */
  carryOut(): Promise<'executed' | 'left'>;
  fail(message: string): { failure: string };
  failAtResource(): { failure: string };
}) => Promise<unknown>;

/** A toolkit that goes through the given attempts, and through no other. */
function means(...attempts: readonly Attempt[]): DeployMeans {
  let count = 0;
  return {
    async synthesize({ context }) {
      contexts.push(context);
      return '/assembly';
    },
    async runToolkit(_job, { mayExecute, onEvent }) {
      const attempt = attempts[count];
      count += 1;
      if (attempt === undefined) throw new Error(`attempt ${count} was not expected`);
      const tell = (status: string) =>
        onEvent({
          type: 'resource',
          stackName: STACK_NAME,
          logicalId: 'Bucket',
          resourceType: 'AWS::S3::Bucket',
          status,
          timestampMs: 0,
        });
      const said = await attempt({
        async carryOut() {
          if (stack === undefined) stack = { status: 'REVIEW_IN_PROGRESS' };
          if (!(await mayExecute())) return 'left';
          tell('CREATE_COMPLETE');
          stack = { ...made, deployId: contexts.at(-1)?.['deployId'] ?? '' };
          return 'executed';
        },
        fail: (failure) => ({ failure }),
        failAtResource() {
          tell('CREATE_FAILED');
          return { failure: 'the bucket failed' };
        },
      });
      if (said === 'executed') return { changed: true };
      return said === 'left' ? { left: true } : (said as { failure: string });
    },
  };
}

const made: Stack = { status: 'CREATE_COMPLETE' };
const announced: Stack = { status: 'REVIEW_IN_PROGRESS' };
const inTheMaking: Stack = { status: 'CREATE_IN_PROGRESS' };
const carriesOut: Attempt = ({ carryOut }) => carryOut();

describe('a seedkit that is to be there', () => {
  it.each<[string, Stack | undefined]>([
    ['nowhere', undefined],
    ['announced by one that died before it went on', announced],
    ['left by a first deployment that failed', { status: 'ROLLBACK_COMPLETE' }],
  ])('is made where it is %s', async (_title, before) => {
    stack = before;
    // The toolkit deletes what has failed, and announces the stack anew.
    const attempt: Attempt = ({ carryOut }) => ((stack = announced), carryOut());
    await ensureDeployed('demo', aws, { means: means(attempt) });
    expect(stack).toEqual({ ...made, deployId: contexts[0]?.['deployId'] });
    expect(contexts).toHaveLength(1);
  });

  it.each<[string, Attempt]>([
    [
      'has made it before the toolkit looked: it is not changed into one of other names',
      async ({ carryOut }) => ((stack = made), carryOut()),
    ],
    [
      'begins to make it before our change set is made',
      async ({ fail }) => ((stack = inTheMaking), next.push(inTheMaking, made), fail('already exists')),
    ],
    [
      'begins to make it while our change set stands ready',
      async ({ carryOut }) => (next.push(inTheMaking, made), (stack = inTheMaking), carryOut()),
    ],
    [
      'executes its change set, which ends ours, after we have looked',
      async ({ fail }) => ((stack = inTheMaking), next.push(inTheMaking, made), fail('ChangeSetNotFound')),
    ],
    [
      'has made all of it by the time that ours is refused',
      async ({ fail }) => ((stack = made), fail('InvalidChangeSetStatus')),
    ],
    [
      'has only announced it when ours fails, and goes on',
      async ({ fail }) => {
        stack = announced;
        changeSets = ['theirs'];
        next.push(announced, inTheMaking, inTheMaking, made);
        return fail('a change set is being made');
      },
    ],
  ])('is left as it is when another %s', async (_title, attempt) => {
    await ensureDeployed('demo', aws, { means: means(attempt) });
    next = [];
    expect(stack).toEqual(made);
    expect(contexts).toHaveLength(1);
  });

  it('takes back its change set where another was faster', async () => {
    await ensureDeployed('demo', aws, { means: means(({ carryOut }) => ((stack = made), carryOut())) });
    expect(cloudFormation.commandCalls(DeleteChangeSetCommand).map(({ args }) => args[0].input)).toEqual([
      { StackName: STACK_NAME, ChangeSetName: expect.stringMatching(/^codeseeder-[0-9a-f]{12}$/) },
    ]);
  });

  it.each<[string, Stack | undefined]>([
    ['fails at making it', { status: 'ROLLBACK_COMPLETE' }],
    ['destroys it again', undefined],
  ])('is made after all where another came in between and %s', async (_title, left) => {
    stack = announced;
    const overtaken: Attempt = async ({ fail }) => {
      stack = inTheMaking;
      next.push(inTheMaking, left);
      return fail('ChangeSetNotFound');
    };
    const again: Attempt = ({ carryOut }) => ((stack = announced), carryOut());
    await ensureDeployed('demo', aws, { means: means(overtaken, again) });
    expect(stack).toMatchObject(made);
    expect(contexts).toHaveLength(2);
  });

  it.each<[string, Stack | undefined]>([
    ['nothing has changed', undefined],
    ['only our own change set is there', announced],
  ])('fails at once, with the words of the toolkit, where %s', async (_title, after) => {
    const attempt: Attempt = async ({ fail }) => ((stack = after), fail('access denied'));
    await expect(ensureDeployed('demo', aws, { means: means(attempt) })).rejects.toMatchObject({
      code: 'DeployFailed',
      message: expect.stringContaining('access denied'),
    });
  });

  it('fails with the resources where its own making of it has failed', async () => {
    const attempt: Attempt = async ({ failAtResource }) => (
      (stack = { status: 'ROLLBACK_COMPLETE' }),
      failAtResource()
    );
    await expect(ensureDeployed('demo', aws, { means: means(attempt) })).rejects.toMatchObject({
      code: 'StackFailed',
      message: expect.stringContaining('Bucket'),
    });
  });

  it('is not fought over for ever', async () => {
    let id = 0;
    const overtaken: Attempt = async ({ fail }) => (
      (stack = { status: 'ROLLBACK_COMPLETE', id: `arn:${(id += 1)}` }),
      fail('ChangeSetNotFound')
    );
    await expect(
      ensureDeployed('demo', aws, { means: means(...Array<Attempt>(5).fill(overtaken)) }),
    ).rejects.toMatchObject({ code: 'StackBusy', message: expect.stringContaining('5 attempts') });
  });
});

describe('a seedkit that is changed while another changes it', () => {
  it('is changed from what the other has made of it, so that no option is lost', async () => {
    stack = made;
    const overtaken: Attempt = ({ carryOut }) => (
      (stack = { status: 'UPDATE_COMPLETE', updatedAtMs: 7, deployId: 'theirs' }),
      carryOut()
    );
    const result = await deploySeedkit(
      'demo',
      { aws, encryption: false },
      { means: means(overtaken, carriesOut) },
    );
    expect(result).toMatchObject({ changed: true, deployed: true });
    expect(contexts).toEqual([
      { name: 'demo', deployId: 'theirs', encryption: 'false' },
      { name: 'demo', deployId: 'theirs', encryption: 'false' },
    ]);
  });

  it('waits for the other’s end before it begins again', async () => {
    stack = made;
    const updating: Stack = { status: 'UPDATE_IN_PROGRESS', updatedAtMs: 7 };
    const updated: Stack = { status: 'UPDATE_COMPLETE', updatedAtMs: 7 };
    const overtaken: Attempt = async ({ fail }) => {
      stack = updating;
      next.push(updating, updated);
      return fail('UPDATE_IN_PROGRESS state and can not be updated');
    };
    const events: string[] = [];
    const onProgress = ({ type }: { readonly type: string }) => events.push(type);
    await deploySeedkit('demo', { aws, onProgress }, { means: means(overtaken, carriesOut) });
    expect(events.filter((type) => type !== 'resource')).toEqual([
      'synthesizing',
      'deploying',
      'waiting',
      'synthesizing',
      'deploying',
    ]);
  });
});

describe('an announced stack', () => {
  const plan = (from: StackState | undefined): Plan => ({
    client: new CloudFormationClient({ region: 'eu-west-1' }),
    stackName: STACK_NAME,
    from,
    changeSetName: 'ours',
    signal: undefined,
  });

  it('that nobody goes on with is waited for so long, and then there for whoever tries', async () => {
    stack = announced;
    changeSets = ['ours', 'theirs'];
    const startMs = performance.now();
    expect(await wasOvertaken(plan(undefined), 50)).toBe(true);
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(50);
    expect(await isAsPlanned(plan(undefined))).toBe(true);
  });

  it('is not waited for when it cannot be seen whether others have announced it', async () => {
    stack = announced;
    cloudFormation.on(ListChangeSetsCommand).rejects(new Error('AccessDenied'));
    expect(await wasOvertaken(plan(undefined))).toBe(false);
  });
});
