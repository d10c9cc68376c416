import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { holdWrites } from '../held-write.js';
import { openTestPlaceContext } from '../test-place-context.js';
import { aDefinition } from './a-machine.js';
import { closeOpened, open, type OpenStates } from './open-states.js';

const ROLE = 'arn:aws:iam::123456789012:role/machine';
const OTHER_ROLE = 'arn:aws:iam::123456789012:role/other';
const definitionOf = (Comment: string) =>
  JSON.stringify(aDefinition({ Only: { Type: 'Pass', Comment, End: true } }));

let place: OpenStates;
let duringNextWrite: ReturnType<typeof holdWrites>['duringNextWrite'];

beforeEach(async () => {
  const context = await openTestPlaceContext();
  const held = holdWrites(context.store);
  ({ duringNextWrite } = held);
  place = await open({ context: { ...context, store: held.store } });
});
afterEach(closeOpened);

const create = (definition: string, roleArn = ROLE) =>
  place.call('CreateStateMachine', { name: 'new', definition, roleArn });
const update = (changes: object) =>
  place.call('UpdateStateMachine', { stateMachineArn: place.machineArn, ...changes });
const describeMachine = (stateMachineArn: string) => place.call('DescribeStateMachine', { stateMachineArn });

describe('Step Functions', () => {
  it('Two changes of a state machine at the same time are both done', async () => {
    const second = duringNextWrite('states', () => update({ roleArn: OTHER_ROLE }));
    await update({ definition: definitionOf('changed') });
    await second;
    expect(await describeMachine(place.machineArn)).toMatchObject({
      definition: definitionOf('changed'),
      roleArn: OTHER_ROLE,
    });
  });

  it('A state machine that is deleted while it is changed stays deleted', async () => {
    const deletion = duringNextWrite('states', () =>
      place.call('DeleteStateMachine', { stateMachineArn: place.machineArn }),
    );
    await update({ roleArn: OTHER_ROLE });
    await deletion;
    expect(await place.call('ListStateMachines', {})).toMatchObject({ stateMachines: [] });
  });

  it('A state machine that is deleted while a stack changes its tags stays deleted', async () => {
    const [provider] = place.states.resourceProviders;
    const request = {
      stackName: 's',
      logicalId: 'M',
      properties: { StateMachineName: 'm', RoleArn: ROLE, DefinitionString: definitionOf('') },
    };
    const created = await provider?.create(request);
    if (created === undefined) throw new Error('the provider is missing');
    const deletion = duringNextWrite('states', () =>
      place.call('DeleteStateMachine', { stateMachineArn: created.physicalId }),
    );
    const Tags = [{ Key: 'team', Value: 'a' }];
    await provider?.update(created, { ...request, properties: { ...request.properties, Tags } });
    await deletion;
    await expect(describeMachine(created.physicalId)).rejects.toMatchObject({
      name: 'StateMachineDoesNotExist',
    });
  });

  it('A state machine that is created twice at the same time with other definitions is created once', async () => {
    const second = duringNextWrite('states', () => create(definitionOf('second')));
    const { stateMachineArn } = await create(definitionOf('first'));
    await expect(second).rejects.toMatchObject({ name: 'StateMachineAlreadyExists' });
    expect(await describeMachine(stateMachineArn)).toMatchObject({ definition: definitionOf('first') });
  });

  it('`CreateStateMachine` with another role returns the existing state machine with its role', async () => {
    const first = await create(definitionOf(''));
    expect(await create(definitionOf(''), OTHER_ROLE)).toEqual(first);
    expect(await describeMachine(first.stateMachineArn)).toMatchObject({ roleArn: ROLE });
  });

  it('A stack gives a state machine that an interrupted deployment has created the role of its template', async () => {
    const [provider] = place.states.resourceProviders;
    const { stateMachineArn } = await create(definitionOf(''), OTHER_ROLE);
    const properties = { StateMachineName: 'new', RoleArn: ROLE, DefinitionString: definitionOf('') };
    await provider?.create({ stackName: 's', logicalId: 'M', properties });
    expect(await describeMachine(stateMachineArn)).toMatchObject({ roleArn: ROLE });
  });
});
