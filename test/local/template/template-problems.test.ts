import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { ResourceRequest } from '../../../lib/local/resources/resource-provider.js';
import { createStackApplier } from '../../../lib/local/template/stack-applier.js';
import { providerRegistry } from '../../../lib/local/template/stack-resource-provider.js';
import { aStackBench, aThing, type StackBench } from './a-stack.js';
import { aFakeProvider } from './fake-provider.js';

let bench: StackBench;
beforeEach(async () => {
  bench = await aStackBench();
});
afterEach(() => bench.context.dispose());

describe('A template that the local AWS does not fully support', () => {
  it('A template is refused with all its problems at once, and nothing is created', async () => {
    const refusal = bench.apply({
      Good: aThing({ Value: 1, Note: 'left aside' }),
      Cluster: { Type: 'AWS::ECS::Cluster' },
      Extra: aThing({ Value: 1, Colour: 'red', Size: 3 }),
      Function: aThing({ Value: { 'Fn::GetAZs': '' } }),
    });
    await expect(refusal).rejects.toMatchObject({ code: 'UnsupportedTemplate' });
    const message = await refusal.catch((error: Error) => error.message);
    expect(message).toContain(
      '- Cluster (AWS::ECS::Cluster): the local AWS does not have this resource type',
    );
    expect(message).toContain(
      '- Extra (Test::Thing): the property Colour is not supported and would have to be ignored',
    );
    expect(message).toContain(
      '- Extra (Test::Thing): the property Size is not supported and would have to be ignored',
    );
    expect(message).toMatch(/- Function \(Test::Thing\): .*no intrinsic function Fn::GetAZs/);
    expect(message).toMatch(/\n.* It has these types: Test::Thing\.$/);
    expect(message).not.toContain('Good');
    expect(bench.provider.steps).toEqual([]);
    expect(await bench.applier.store.find('demo')).toBeUndefined();
  });

  it('A template may have an unsupported property that a condition leaves out', async () => {
    const stack = await bench.apply(
      { Thing: aThing({ Colour: { 'Fn::If': ['Never', 'red', { Ref: 'AWS::NoValue' }] } }) },
      { sections: { Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } } } },
    );
    expect(stack.status).toBe('CREATE_COMPLETE');
  });

  it('A template is refused for an unsupported value inside a property before any resource is created', async () => {
    const provider = aFakeProvider({
      check({ properties }) {
        if (properties['Value'] !== 'arn:aws:preview:eu-central-1:123456789012:First:First') {
          throw new Error(`unexpected ${JSON.stringify(properties['Value'])}`);
        }
        throw new Error('the state type Parallel is not supported');
      },
    });
    const applier = await createStackApplier(bench.context, providerRegistry([provider]));
    const templateText = JSON.stringify({
      Resources: {
        First: { Type: 'Test::Thing' },
        Second: aThing({ Value: { 'Fn::GetAtt': ['First', 'Arn'] } }),
      },
    });
    await expect(applier.apply({ stackName: 'demo', templateText })).rejects.toThrow(
      /Second \(Test::Thing\): the state type Parallel is not supported/,
    );
  });

  it('Before a state machine exists, a reference to it has the form of its ARN, as rules need it', async () => {
    const seen: unknown[] = [];
    const check = ({ properties }: ResourceRequest) => void seen.push(properties['Value']);
    const machine = aFakeProvider({ type: 'AWS::StepFunctions::StateMachine' });
    const applier = await createStackApplier(
      bench.context,
      providerRegistry([aFakeProvider({ check }), machine]),
    );
    const resources = {
      Machine: { Type: 'AWS::StepFunctions::StateMachine' },
      Other: { Type: 'Test::Thing' },
      OfMachine: aThing({ Value: { Ref: 'Machine' } }),
      OfOther: aThing({ Value: { Ref: 'Other' } }),
    };
    await applier.apply({ stackName: 'demo', templateText: JSON.stringify({ Resources: resources }) });
    expect(seen).toContain('arn:aws:preview:eu-central-1:123456789012:Machine:Machine');
    expect(seen).toContain('other');
  });

  it('A template is refused with the names in its dependency cycle', async () => {
    await expect(
      bench.apply({
        A: aThing({ Value: { Ref: 'B' } }),
        B: aThing({ Value: { 'Fn::Sub': '${C.Arn}' } }),
        C: aThing({}, { DependsOn: ['A'] }),
      }),
    ).rejects.toThrow('Circular dependency between resources: A -> B -> C -> A');
  });

  it.each([
    [{ Transform: 'AWS::Serverless-2016-10-31' }, /Transform/],
    [{ Rules: { MyRule: { Assertions: [] } } }, /rules MyRule/],
    [
      { Parameters: { P: { Type: 'AWS::EC2::VPC::Id', Default: 'x' } } },
      /parameter P of type AWS::EC2::VPC::Id/,
    ],
    [{ Parameters: { P: { Type: 'String' } } }, /Parameters: \[P\] must have values/],
  ])('A template is refused for its section %j', async (sections, message) => {
    await expect(bench.apply({ Thing: aThing() }, { sections })).rejects.toThrow(message);
  });

  it.each([
    [aThing({ Value: { Ref: 'Missing' } }), /Unresolved resource dependencies \[Missing\] of Thing/],
    [aThing({}, { DependsOn: 'Missing' }), /Unresolved resource dependencies \[Missing\] of Thing/],
    [aThing({}, { CreationPolicy: {} }), /CreationPolicy/],
  ])('A template is refused for its resource %j', async (thing, message) => {
    await expect(bench.apply({ Thing: thing })).rejects.toThrow(message);
  });

  it('A template may have the rule that checks the bootstrap version', async () => {
    const stack = await bench.apply(
      { Thing: aThing() },
      {
        sections: {
          Parameters: {
            BootstrapVersion: {
              Type: 'AWS::SSM::Parameter::Value<String>',
              Default: '/cdk-bootstrap/hnb659fds/version',
            },
          },
          Rules: { CheckBootstrapVersion: { Assertions: [] } },
        },
      },
    );
    expect(stack.status).toBe('CREATE_COMPLETE');
  });

  it('A template is refused when it changes the type of a logical id', async () => {
    const other = aFakeProvider({ type: 'Test::Other' });
    await bench.apply({ Thing: aThing() });
    const applier = await createStackApplier(bench.context, providerRegistry([bench.provider, other]));
    const templateText = JSON.stringify({ Resources: { Thing: { Type: 'Test::Other' } } });
    await expect(applier.apply({ stackName: 'demo', templateText })).rejects.toThrow(
      /update of resource type is not permitted, it is a Test::Thing/,
    );
  });
});
