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
  tools,
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

describe('ensureDeployed', () => {
  it.each<[string, Stack | undefined]>([
    ['nowhere', undefined],
    ['announced by a process that died', announced],
    ['left by a first deployment that failed', { status: 'ROLLBACK_COMPLETE' }],
  ])('`ensureDeployed` creates a seedkit that is %s', async (_title, before) => {
    world.stack = before;
    // The toolkit deletes a stack whose creation failed, and creates a new one in status REVIEW_IN_PROGRESS.
    const attempt: Attempt = ({ carryOut }) => ((world.stack = announced), carryOut());
    await ensureDeployed('demo', aws, { tools: tools(attempt) });
    expect(world.stack).toEqual({ ...made, deployId: world.contexts[0]?.['deployId'] });
    expect(world.contexts).toHaveLength(1);
  });

  it.each<[string, Attempt]>([
    [
      'has created it before the toolkit looked, so its names are not replaced',
      async ({ carryOut }) => ((world.stack = made), carryOut()),
    ],
    [
      'starts to create it before our change set is created',
      async ({ fail }) => (
        (world.stack = inTheMaking),
        world.next.push(inTheMaking, made),
        fail('already exists')
      ),
    ],
    [
      'starts to create it while our change set is ready',
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
  ])('`ensureDeployed` changes nothing when another process %s', async (_title, attempt) => {
    await ensureDeployed('demo', aws, { tools: tools(attempt) });
    world.next = [];
    expect(world.stack).toEqual(made);
    expect(world.contexts).toHaveLength(1);
  });

  it('`ensureDeployed` deletes its change set if another process was faster', async () => {
    await ensureDeployed('demo', aws, { tools: tools(({ carryOut }) => ((world.stack = made), carryOut())) });
    expect(cloudFormation.commandCalls(DeleteChangeSetCommand).map(({ args }) => args[0].input)).toEqual([
      { StackName: STACK_NAME, ChangeSetName: expect.stringMatching(/^codeseeder-[0-9a-f]{12}$/) },
    ]);
  });

  it.each<[string, Stack | undefined]>([
    ['fails at making it', { status: 'ROLLBACK_COMPLETE' }],
    ['destroys it again', undefined],
  ])('`ensureDeployed` creates the seedkit if another process interfered and %s', async (_title, left) => {
    world.stack = announced;
    const overtaken: Attempt = async ({ fail }) => {
      world.stack = inTheMaking;
      world.next.push(inTheMaking, left);
      return fail('ChangeSetNotFound');
    };
    const again: Attempt = ({ carryOut }) => ((world.stack = announced), carryOut());
    await ensureDeployed('demo', aws, { tools: tools(overtaken, again) });
    expect(world.stack).toMatchObject(made);
    expect(world.contexts).toHaveLength(2);
  });

  it.each<[string, Stack | undefined]>([
    ['nothing has changed', undefined],
    ['only our own change set is there', announced],
  ])("`ensureDeployed` fails with the toolkit's message if %s", async (_title, after) => {
    const attempt: Attempt = async ({ fail }) => ((world.stack = after), fail('access denied'));
    await expect(ensureDeployed('demo', aws, { tools: tools(attempt) })).rejects.toMatchObject({
      code: 'DeployFailed',
      message: expect.stringContaining('access denied'),
    });
  });

  it('`ensureDeployed` fails with the failed resources if its own deployment failed', async () => {
    const attempt: Attempt = async ({ failAtResource }) => (
      (world.stack = { status: 'ROLLBACK_COMPLETE' }),
      failAtResource()
    );
    await expect(ensureDeployed('demo', aws, { tools: tools(attempt) })).rejects.toMatchObject({
      code: 'StackFailed',
      message: expect.stringContaining('Bucket'),
    });
  });

  it('`ensureDeployed` gives up after five attempts', async () => {
    let id = 0;
    const overtaken: Attempt = async ({ fail }) => (
      (world.stack = { status: 'ROLLBACK_COMPLETE', id: `arn:${(id += 1)}` }),
      fail('ChangeSetNotFound')
    );
    await expect(
      ensureDeployed('demo', aws, { tools: tools(...Array<Attempt>(5).fill(overtaken)) }),
    ).rejects.toMatchObject({ code: 'StackBusy', message: expect.stringContaining('5 attempts') });
  });
});

describe('deploySeedkit during another deployment', () => {
  it('`deploySeedkit` keeps the settings of a deployment that ran in the meantime', async () => {
    world.stack = made;
    const overtaken: Attempt = ({ carryOut }) => (
      (world.stack = { status: 'UPDATE_COMPLETE', updatedAtMs: 7, deployId: 'theirs' }),
      carryOut()
    );
    const result = await deploySeedkit(
      'demo',
      { aws, encryption: false },
      { tools: tools(overtaken, carriesOut) },
    );
    expect(result).toMatchObject({ changed: true, deployed: true });
    expect(world.contexts).toEqual([
      { name: 'demo', deployId: 'theirs', encryption: 'false' },
      { name: 'demo', deployId: 'theirs', encryption: 'false' },
    ]);
  });

  it('`deploySeedkit` waits for the end of the other deployment before it tries again', async () => {
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
    await deploySeedkit('demo', { aws, onProgress }, { tools: tools(overtaken, carriesOut) });
    expect(events.filter((type) => type !== 'resource')).toEqual([
      'synthesizing',
      'deploying',
      'waiting',
      'synthesizing',
      'deploying',
    ]);
  });
});

describe('wasOvertaken', () => {
  const plan = (from: StackState | undefined): Plan => ({
    client: new CloudFormationClient({ region: 'eu-west-1' }),
    stackName: STACK_NAME,
    from,
    changeSetName: 'ours',
    signal: undefined,
  });

  it('`wasOvertaken` waits for an abandoned change set only up to the limit', async () => {
    world.stack = announced;
    world.changeSets = ['ours', 'theirs'];
    const startMs = performance.now();
    expect(await wasOvertaken(plan(undefined), 50)).toBe(true);
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(50);
    expect(await isAsPlanned(plan(undefined))).toBe(true);
  });

  it('`wasOvertaken` does not wait if change sets cannot be listed', async () => {
    world.stack = announced;
    cloudFormation.on(ListChangeSetsCommand).rejects(new Error('AccessDenied'));
    expect(await wasOvertaken(plan(undefined))).toBe(false);
  });
});
