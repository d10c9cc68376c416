import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { JsonObject, ResourceProvider } from '../../../lib/local/resources/resource-provider.js';
import { aDefinition } from './a-machine.js';
import { type OpenStates, openStates } from './open-states.js';

const roleArn = 'arn:aws:iam::123456789012:role/machine';

/** Returns the definition of a machine whose only state outputs a text. */
const outputting = (text: string) =>
  JSON.stringify(aDefinition({ Only: { Type: 'Pass', Output: text, End: true } }));

const request = (properties: JsonObject) => ({
  stackName: 'stack',
  logicalId: 'Machine',
  properties: { RoleArn: roleArn, DefinitionString: outputting('one'), ...properties },
});

describe('AWS::StepFunctions::StateMachine', () => {
  let place: OpenStates;
  let provider: ResourceProvider;
  const outputOf = async (stateMachineArn: string) => {
    const { executionArn } = await place.call('StartExecution', { stateMachineArn });
    return (await place.ended(executionArn)).output;
  };

  beforeEach(async () => {
    place = await openStates();
    provider = place.states.resourceProviders[0] as ResourceProvider;
  });

  afterEach(async () => {
    await place.states.close();
    await place.context.dispose();
  });

  it('A state machine of a template is created, updated in place and deleted', async () => {
    const created = await provider.create(request({ StateMachineName: 'mine' }));
    const arn = 'arn:aws:states:eu-central-1:123456789012:stateMachine:mine';
    expect(created).toEqual({
      physicalId: arn,
      attributes: { Arn: arn, Name: 'mine', StateMachineRevisionId: expect.any(String) },
    });
    expect(await outputOf(arn)).toBe('"one"');
    const changed = request({ StateMachineName: 'mine', DefinitionString: outputting('two') });
    const updated = await provider.update(created, changed);
    expect(updated.physicalId).toBe(arn);
    expect(updated.attributes.StateMachineRevisionId).not.toBe(created.attributes.StateMachineRevisionId);
    expect(await outputOf(arn)).toBe('"two"');
    expect(await provider.update(updated, changed)).toEqual(updated);
    await provider.delete(updated);
    await expect(outputOf(arn)).rejects.toMatchObject({ name: 'StateMachineDoesNotExist' });
  });

  it('A state machine without a name has the same generated name each time', async () => {
    const first = await provider.create(request({}));
    expect(first.attributes.Name).toMatch(/^Machine-[0-9a-f]{12}$/);
    expect(await provider.create(request({}))).toEqual(first);
  });

  it("A state machine's definition has its substitutions", async () => {
    const substitutions = { Text: 'a "b"\n', Unused: 'c' };
    const { physicalId } = await provider.create(
      request({ DefinitionString: outputting('${Text} ${Left}'), DefinitionSubstitutions: substitutions }),
    );
    expect(await outputOf(physicalId)).toBe(JSON.stringify('a "b"\n ${Left}'));
  });

  it.each<[string, JsonObject, RegExp]>([
    [
      'a definition it does not have',
      { DefinitionString: outputting('{% 1 + %}') },
      /The query is not JSONata/,
    ],
    [
      'another type',
      { StateMachineType: 'EXPRESS' },
      /Machine: .*STANDARD state machines only, not "EXPRESS"/,
    ],
    ['two definitions', { Definition: {} }, /exactly one of DefinitionString and Definition/],
  ])('A state machine is refused for %s before anything is created', (_what, properties, message) => {
    expect(() => provider.check?.(request(properties))).toThrow(message);
  });

  it('A state machine cannot be renamed in place', async () => {
    const created = await provider.create(request({ StateMachineName: 'mine' }));
    await expect(provider.update(created, request({ StateMachineName: 'other' }))).rejects.toThrow(
      'Machine: a state machine cannot be renamed from "mine" to other',
    );
  });

  it("A template's state machine is refused if one of its name exists", async () => {
    await provider.create(request({ StateMachineName: 'mine' }));
    const other = request({ StateMachineName: 'mine', DefinitionString: outputting('two') });
    await expect(provider.create(other)).rejects.toMatchObject({ code: 'StateMachineAlreadyExists' });
  });
});

describe('Operations on machines', () => {
  it('The API creates, describes, lists, validates and updates machines', async () => {
    const place = await openStates();
    const { call, machineArn: stateMachineArn } = place;
    expect(await call('DescribeStateMachine', { stateMachineArn })).toMatchObject({
      stateMachineArn,
      name: 'machine',
      status: 'ACTIVE',
      type: 'STANDARD',
      definition: expect.stringContaining('"QueryLanguage":"JSONata"'),
    });
    expect(await call('ListStateMachines', {})).toMatchObject({ stateMachines: [{ stateMachineArn }] });
    const definition = outputting('new');
    expect(await call('ValidateStateMachineDefinition', { definition })).toMatchObject({ result: 'OK' });
    expect(await call('ValidateStateMachineDefinition', { definition: '{}' })).toMatchObject({
      result: 'FAIL',
      diagnostics: [{ severity: 'ERROR', code: 'SCHEMA_VALIDATION_FAILED' }],
    });
    const { executionArn } = await call('StartExecution', { stateMachineArn });
    await call('UpdateStateMachine', { stateMachineArn, definition });
    expect(await call('DescribeStateMachine', { stateMachineArn })).toMatchObject({ definition });
    const before = await call('DescribeStateMachineForExecution', { executionArn });
    expect(before.definition).not.toBe(definition);
    await expect(
      call('CreateStateMachine', { name: 'x', definition, roleArn, type: 'EXPRESS' }),
    ).rejects.toMatchObject({ name: 'StateMachineTypeNotSupported' });
    await place.states.close();
    await place.context.dispose();
  });
});
