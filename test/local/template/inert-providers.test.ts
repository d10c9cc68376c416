import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { inertProviders } from '../../../lib/local/template/inert-providers.js';
import type { JsonObject } from '../../../lib/local/resources/resource-provider.js';
import { openTestPlaceContext, type TestPlaceContext } from '../test-place-context.js';

let context: TestPlaceContext;
beforeEach(async () => {
  context = await openTestPlaceContext();
});
afterEach(() => context.dispose());

function providerOf(type: string) {
  const provider = inertProviders(context).find((candidate) => candidate.type === type);
  if (provider === undefined) throw new Error(`no ${type}`);
  return provider;
}

const request = (properties: JsonObject) => ({ stackName: 'demo', logicalId: 'It', properties });

describe('An inert provider', () => {
  it.each([
    ['AWS::IAM::Role', { RoleName: 'r', Path: '/p/' }, 'r', 'Arn', 'arn:aws:iam::123456789012:role/p/r'],
    [
      'AWS::IAM::ManagedPolicy',
      { ManagedPolicyName: 'p' },
      'arn:aws:iam::123456789012:policy/p',
      'PolicyArn',
      'arn:aws:iam::123456789012:policy/p',
    ],
    ['AWS::CloudWatch::Dashboard', { DashboardName: 'd' }, 'd', 'Arn', undefined],
    [
      'AWS::CloudWatch::Alarm',
      { AlarmName: 'a' },
      'a',
      'Arn',
      'arn:aws:cloudwatch:eu-central-1:123456789012:alarm:a',
    ],
  ])(
    'A resource of the type %s has the name and the ARN of AWS',
    async (type, properties, ref, attribute, value) => {
      const provided = await providerOf(type).create(request(properties));
      expect(provided.physicalId).toBe(ref);
      expect(provided.attributes[attribute]).toBe(value);
    },
  );

  it('A key keeps its id and ARN when it is updated', async () => {
    const provider = providerOf('AWS::KMS::Key');
    const created = await provider.create(request({}));
    expect(created.attributes).toEqual({
      Arn: `arn:aws:kms:eu-central-1:123456789012:key/${created.physicalId}`,
      KeyId: created.physicalId,
    });
    expect(await provider.update(created, request({ EnableKeyRotation: true }))).toEqual(created);
  });

  it("A generated role name is within IAM's length limit and kept in updates", async () => {
    const provider = providerOf('AWS::IAM::Role');
    const named = { stackName: 's'.repeat(100), logicalId: 'L'.repeat(100), properties: {} };
    const created = await provider.create(named);
    expect(created.physicalId).toHaveLength(64);
    expect(created.physicalId).toMatch(/^s+-L+-[A-Z2-7]{12}$/);
    expect((await provider.update(created, named)).physicalId).toBe(created.physicalId);
    expect((await provider.create(request({}))).physicalId).toMatch(/^demo-It-[A-Z2-7]{12}$/);
  });

  it('An inert provider gives a reason for ignoring each property', () => {
    for (const provider of inertProviders(context)) {
      expect(provider.modelled).toEqual([]);
      for (const reason of Object.values(provider.harmless)) expect(reason).toMatch(/\w+ \w+ \w+/);
    }
  });
});
