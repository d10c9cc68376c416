import {
  CloudFormationClient,
  DeleteChangeSetCommand,
  ListChangeSetsCommand,
} from '@aws-sdk/client-cloudformation';
import { beforeEach, describe, expect, it } from '@jest/globals';

import { deploySeedkit } from '../../../client/deploy/deploy-seedkit.js';
import { ensureDeployed } from '../../../client/deploy/ensure-deployed.js';
import { isAsPlanned, wasOvertaken, type Plan } from '../../../client/deploy/overtaking.js';
import type { StackState } from '../../../client/deploy/stack-state.js';
import {
  cloudFormation,
  made,
  means,
  resetWorld,
  STACK_NAME,
  world,
  type Attempt,
  type Stack,
} from './changing-stack.js';

const aws = { region: 'eu-west-1', credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'example' } };

beforeEach(resetWorld);

const announced: Stack = { status: 'REVIEW_IN_PROGRESS' };
const inTheMaking: Stack = { status: 'CREATE_IN_PROGRESS' };
const carriesOut: Attempt = ({ carryOut }) => carryOut();

describe('a seedkit that is to be there', () => {
  it.each<[string, Stack | undefined]>([
    ['nowhere', undefined],
    ['announced by one that died before it went on', announced],
    ['left by a first deployment that failed', { status: 'ROLLBACK_COMPLETE' }],
  ])('is made where it is %s', async (_title, before) => {
    world.stack = before;
    // The toolkit deletes what has failed, and announces the stack anew.
    const attempt: Attempt = ({ carryOut }) => ((world.stack = announced), carryOut());
    await ensureDeployed('demo', aws, { means: means(attempt) });
    expect(world.stack).toEqual({ ...made, deployId: world.contexts[0]?.['deployId'] });
    expect(world.contexts).toHaveLength(1);
  });

  it.each<[string, Attempt]>([
    [
      'has made it before the toolkit looked: it is not changed into one of other names',
      async ({ carryOut }) => ((world.stack = made), carryOut()),
    ],
    [
      'begins to make it before our change set is made',
      async ({ fail }) => (
        (world.stack = inTheMaking),
        world.next.push(inTheMaking, made),
        fail('already exists')
      ),
    ],
    [
      'begins to make it while our change set stands ready',
      async ({ carryOut }) => (world.next.push(inTheMaking, made), (world.stack = inTheMaking), carryOut()),
    ],
    [
      'executes its change set, which ends ours, after we have looked',
      async ({ fail }) => (
        (world.stack = inTheMaking),
        world.next.push(inTheMaking, made),
        fail('ChangeSetNotFound')
      ),
    ],
    [
      'has made all of it by the time that ours is refused',
      async ({ fail }) => ((world.stack = made), fail('InvalidChangeSetStatus')),
    ],
    [
      'has only announced it when ours fails, and goes on',
      async ({ fail }) => {
        world.stack = announced;
        world.changeSets = ['theirs'];
        world.next.push(announced, inTheMaking, inTheMaking, made);
        return fail('a change set is being made');
      },
    ],
  ])('is left as it is when another %s', async (_title, attempt) => {
    await ensureDeployed('demo', aws, { means: means(attempt) });
    world.next = [];
    expect(world.stack).toEqual(made);
    expect(world.contexts).toHaveLength(1);
  });

  it('takes back its change set where another was faster', async () => {
    await ensureDeployed('demo', aws, { means: means(({ carryOut }) => ((world.stack = made), carryOut())) });
    expect(cloudFormation.commandCalls(DeleteChangeSetCommand).map(({ args }) => args[0].input)).toEqual([
      { StackName: STACK_NAME, ChangeSetName: expect.stringMatching(/^codeseeder-[0-9a-f]{12}$/) },
    ]);
  });

  it.each<[string, Stack | undefined]>([
    ['fails at making it', { status: 'ROLLBACK_COMPLETE' }],
    ['destroys it again', undefined],
  ])('is made after all where another came in between and %s', async (_title, left) => {
    world.stack = announced;
    const overtaken: Attempt = async ({ fail }) => {
      world.stack = inTheMaking;
      world.next.push(inTheMaking, left);
      return fail('ChangeSetNotFound');
    };
    const again: Attempt = ({ carryOut }) => ((world.stack = announced), carryOut());
    await ensureDeployed('demo', aws, { means: means(overtaken, again) });
    expect(world.stack).toMatchObject(made);
    expect(world.contexts).toHaveLength(2);
  });

  it.each<[string, Stack | undefined]>([
    ['nothing has changed', undefined],
    ['only our own change set is there', announced],
  ])('fails at once, with the words of the toolkit, where %s', async (_title, after) => {
    const attempt: Attempt = async ({ fail }) => ((world.stack = after), fail('access denied'));
    await expect(ensureDeployed('demo', aws, { means: means(attempt) })).rejects.toMatchObject({
      code: 'DeployFailed',
      message: expect.stringContaining('access denied'),
    });
  });

  it('fails with the resources where its own making of it has failed', async () => {
    const attempt: Attempt = async ({ failAtResource }) => (
      (world.stack = { status: 'ROLLBACK_COMPLETE' }),
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
      (world.stack = { status: 'ROLLBACK_COMPLETE', id: `arn:${(id += 1)}` }),
      fail('ChangeSetNotFound')
    );
    await expect(
      ensureDeployed('demo', aws, { means: means(...Array<Attempt>(5).fill(overtaken)) }),
    ).rejects.toMatchObject({ code: 'StackBusy', message: expect.stringContaining('5 attempts') });
  });
});

describe('a seedkit that is changed while another changes it', () => {
  it('is changed from what the other has made of it, so that no option is lost', async () => {
    world.stack = made;
    const overtaken: Attempt = ({ carryOut }) => (
      (world.stack = { status: 'UPDATE_COMPLETE', updatedAtMs: 7, deployId: 'theirs' }),
      carryOut()
    );
    const result = await deploySeedkit(
      'demo',
      { aws, encryption: false },
      { means: means(overtaken, carriesOut) },
    );
    expect(result).toMatchObject({ changed: true, deployed: true });
    expect(world.contexts).toEqual([
      { name: 'demo', deployId: 'theirs', encryption: 'false' },
      { name: 'demo', deployId: 'theirs', encryption: 'false' },
    ]);
  });

  it('waits for the other’s end before it begins again', async () => {
    world.stack = made;
    const updating: Stack = { status: 'UPDATE_IN_PROGRESS', updatedAtMs: 7 };
    const updated: Stack = { status: 'UPDATE_COMPLETE', updatedAtMs: 7 };
    const overtaken: Attempt = async ({ fail }) => {
      world.stack = updating;
      world.next.push(updating, updated);
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
    world.stack = announced;
    world.changeSets = ['ours', 'theirs'];
    const startMs = performance.now();
    expect(await wasOvertaken(plan(undefined), 50)).toBe(true);
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(50);
    expect(await isAsPlanned(plan(undefined))).toBe(true);
  });

  it('is not waited for when it cannot be seen whether others have announced it', async () => {
    world.stack = announced;
    cloudFormation.on(ListChangeSetsCommand).rejects(new Error('AccessDenied'));
    expect(await wasOvertaken(plan(undefined))).toBe(false);
  });
});
