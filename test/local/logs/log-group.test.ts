import { describe, expect, it } from '@jest/globals';

import { createLogs } from '../../../lib/local/logs/logs.js';
import { openTestPlaceContext } from '../test-place-context.js';

describe('AWS::Logs::LogGroup', () => {
  it('The provider of log groups creates, updates and deletes a group, and refuses an existing one', async () => {
    const context = await openTestPlaceContext();
    try {
      const logs = await createLogs(context);
      const provider = logs.resourceProviders[0];
      if (provider === undefined) throw new Error('no provider');
      const request = { stackName: 'stack', logicalId: 'Logs' };
      const properties = { LogGroupName: '/a', RetentionInDays: 30, KmsKeyId: 'arn:key' };
      const made = await provider.create({ ...request, properties });
      expect(made).toEqual({
        physicalId: '/a',
        attributes: { Arn: 'arn:aws:logs:eu-central-1:123456789012:log-group:/a:*' },
      });
      await expect(provider.create({ ...request, properties })).rejects.toMatchObject({
        code: 'AlreadyExists',
      });
      await provider.update(made, { ...request, properties: { LogGroupName: '/a' } });
      const { logGroups } = (await logs.operations.DescribeLogGroups({})) as { logGroups: object[] };
      expect(logGroups).toHaveLength(1);
      expect(logGroups[0]).toMatchObject({ retentionInDays: undefined });
      await provider.delete(made);
      await provider.delete(made);
      expect(await logs.operations.DescribeLogGroups({})).toMatchObject({ logGroups: [] });
      await logs.close();
    } finally {
      await context.dispose();
    }
  });
});
