import {
  CloudFormationClient,
  DescribeStackEventsCommand,
  DescribeStackResourceCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  ListExportsCommand,
  ListImportsCommand,
  ListStackResourcesCommand,
  ListStacksCommand,
  paginateDescribeStackEvents,
} from '@aws-sdk/client-cloudformation';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { Listener } from '../../../lib/local/server/listen-on-loopback.js';
import { startServer } from '../../../lib/local/server/start-server.js';
import { aCloudFormation } from './a-cloudformation.js';
import { aStackBench, aThing, type StackBench } from '../template/a-stack.js';

let bench: StackBench;
let listener: Listener;
let client: CloudFormationClient;
beforeEach(async () => {
  bench = await aStackBench();
  const { context, applier } = bench;
  listener = await startServer({ context, services: [aCloudFormation(context, applier)], port: 0 });
  client = new CloudFormationClient({
    endpoint: `http://127.0.0.1:${listener.port}`,
    region: context.region,
    credentials: context.credentials,
    maxAttempts: 1,
  });
});
afterEach(async () => {
  client.destroy();
  await listener.close();
  await bench.context.dispose();
});

const sections = {
  Description: 'A demo <with> & signs',
  Parameters: {
    Size: { Type: 'Number', Default: 1 },
    Secret: { Type: 'String', Default: 's', NoEcho: true },
  },
  Outputs: { Name: { Value: { Ref: 'Thing' }, Description: 'The name', Export: { Name: 'shared' } } },
};

describe('The local CloudFormation', () => {
  it('The local CloudFormation describes a stack with its parameters, outputs and tags', async () => {
    const before = Date.now();
    const { stackId } = await bench.apply({ Thing: aThing() }, { sections, tags: { team: 'a' } });
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: 'demo' }));
    expect(stack).toMatchObject({
      StackId: stackId,
      StackName: 'demo',
      StackStatus: 'CREATE_COMPLETE',
      Description: 'A demo <with> & signs',
      Parameters: [
        { ParameterKey: 'Size', ParameterValue: '1' },
        { ParameterKey: 'Secret', ParameterValue: '****' },
      ],
      Outputs: [
        { OutputKey: 'Name', OutputValue: 'thing-Thing', Description: 'The name', ExportName: 'shared' },
      ],
      Tags: [{ Key: 'team', Value: 'a' }],
    });
    expect(stack?.CreationTime?.getTime()).toBeGreaterThanOrEqual(before - 1);
  });

  it('The local CloudFormation refuses a missing stack with the exact message of the service', async () => {
    await expect(client.send(new DescribeStacksCommand({ StackName: 'nowhere' }))).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'Stack with id nowhere does not exist',
    });
    expect((await client.send(new DescribeStacksCommand({}))).Stacks).toEqual([]);
  });

  it('The local CloudFormation describes the resources of a stack', async () => {
    await bench.apply({ Thing: aThing(), Other: aThing() });
    const stackName = { StackName: 'demo' };
    const { StackResources } = await client.send(new DescribeStackResourcesCommand(stackName));
    expect(StackResources).toMatchObject([
      { LogicalResourceId: 'Thing', PhysicalResourceId: 'thing-Thing', ResourceType: 'Test::Thing' },
      { LogicalResourceId: 'Other', ResourceStatus: 'CREATE_COMPLETE', StackName: 'demo' },
    ]);
    const byPhysicalId = new DescribeStackResourcesCommand({ PhysicalResourceId: 'thing-Other' });
    expect((await client.send(byPhysicalId)).StackResources).toHaveLength(2);
    const { StackResourceSummaries } = await client.send(new ListStackResourcesCommand(stackName));
    expect(StackResourceSummaries?.[0]?.LastUpdatedTimestamp).toBeInstanceOf(Date);
    const one = new DescribeStackResourceCommand({ ...stackName, LogicalResourceId: 'Other' });
    expect((await client.send(one)).StackResourceDetail?.PhysicalResourceId).toBe('thing-Other');
    await expect(
      client.send(new DescribeStackResourceCommand({ ...stackName, LogicalResourceId: 'None' })),
    ).rejects.toThrow('Resource None does not exist for stack demo');
  });

  it('The local CloudFormation returns the events of a stack, newest first, in pages', async () => {
    const names = Array.from({ length: 60 }, (_, index) => `Thing${index}`);
    await bench.apply(Object.fromEntries(names.map((name) => [name, aThing()])));
    const events = [];
    for await (const page of paginateDescribeStackEvents({ client }, { StackName: 'demo' })) {
      events.push(...(page.StackEvents ?? []));
    }
    expect(events).toHaveLength(122);
    expect(events[0]).toMatchObject({ LogicalResourceId: 'demo', ResourceStatus: 'CREATE_COMPLETE' });
    expect(events.at(-1)).toMatchObject({ ResourceStatus: 'CREATE_IN_PROGRESS' });
    expect(new Set(events.map(({ EventId }) => EventId)).size).toBe(122);
  });

  it('The local CloudFormation returns a deleted stack by its id and in the list of stacks', async () => {
    const { stackId } = await bench.apply({ Thing: aThing() });
    await bench.applier.delete('demo');
    await expect(client.send(new DescribeStackEventsCommand({ StackName: 'demo' }))).rejects.toThrow(
      'Stack with id demo does not exist',
    );
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: stackId }));
    expect(stack?.StackStatus).toBe('DELETE_COMPLETE');
    const deleted = new ListStacksCommand({ StackStatusFilter: ['DELETE_COMPLETE'] });
    expect((await client.send(deleted)).StackSummaries).toMatchObject([{ StackId: stackId }]);
    const live = new ListStacksCommand({ StackStatusFilter: ['CREATE_COMPLETE'] });
    expect((await client.send(live)).StackSummaries).toEqual([]);
  });

  it('The local CloudFormation returns templates, exports and their importers', async () => {
    const { stackId, templateText } = await bench.apply({ Thing: aThing() }, { sections });
    const { TemplateBody } = await client.send(new GetTemplateCommand({ StackName: 'demo' }));
    expect(TemplateBody).toBe(templateText);
    expect((await client.send(new ListExportsCommand({}))).Exports).toEqual([
      { ExportingStackId: stackId, Name: 'shared', Value: 'thing-Thing' },
    ]);
    const importers = new ListImportsCommand({ ExportName: 'shared' });
    await expect(client.send(importers)).rejects.toThrow(/is not imported by any stack/);
    const importing = { Reader: aThing({ Value: { 'Fn::ImportValue': 'shared' } }) };
    await bench.apply(importing, { stackName: 'reader' });
    expect((await client.send(importers)).Imports).toEqual(['reader']);
  });
});
