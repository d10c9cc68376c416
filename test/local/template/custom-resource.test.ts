import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { startServer } from '../../../lib/local/server/start-server.js';
import type { Listener } from '../../../lib/local/server/listen-on-loopback.js';
import type { InvokeAnswer } from '../../../lib/local/ports.js';
import {
  createCustomResourceMailbox,
  type CustomResourceMailbox,
} from '../../../lib/local/template/custom-resource-mailbox.js';
import { customResourceProvider } from '../../../lib/local/template/custom-resource.js';
import type { Json } from '../../../lib/local/resources/resource-provider.js';
import { createStackApplier, type StackApplier } from '../../../lib/local/template/stack-applier.js';
import { providerRegistry } from '../../../lib/local/template/stack-resource-provider.js';
import { openTestPlaceContext, type TestPlaceContext } from '../test-place-context.js';

const FUNCTION = 'arn:aws:lambda:eu-central-1:123456789012:function:maker';

type CustomEvent = Readonly<Record<string, Json>> & { readonly ResponseURL: string };

let context: TestPlaceContext;
let listener: Listener;
let mailbox: CustomResourceMailbox;
let applier: StackApplier;
let events: CustomEvent[];
let handler: (event: CustomEvent) => Promise<Partial<InvokeAnswer> | void>;

beforeEach(async () => {
  context = await openTestPlaceContext();
  mailbox = createCustomResourceMailbox(() => context.endpoint());
  listener = await startServer({ context, services: [], unsigned: [mailbox.route], port: 0 });
  context.setEndpoint(`http://127.0.0.1:${listener.port}`);
  events = [];
  const functions = {
    async invoke(name: string, payload: string): Promise<InvokeAnswer> {
      expect(name).toBe(FUNCTION);
      const event = JSON.parse(payload) as CustomEvent;
      events.push(event);
      return { payload: 'null', requestId: '1', ...(await handler(event)) };
    },
  };
  const custom = customResourceProvider({ functions, mailbox, clock: context.clock });
  applier = await createStackApplier(context, providerRegistry([], custom));
});
afterEach(async () => {
  mailbox.close();
  await applier.settled();
  await listener.close();
  await context.dispose();
});

async function answer(event: CustomEvent, body: Json): Promise<number> {
  return (await fetch(event.ResponseURL, { method: 'PUT', body: JSON.stringify(body) })).status;
}

function apply(properties: Readonly<Record<string, Json>>) {
  return applier.apply({
    stackName: 'demo',
    templateText: JSON.stringify({
      Resources: {
        Made: { Type: 'Custom::Thing', Properties: { ServiceToken: FUNCTION, ...properties } },
      },
      Outputs: { Colour: { Value: { 'Fn::GetAtt': ['Made', 'Colour'] } }, Id: { Value: { Ref: 'Made' } } },
    }),
  });
}

const succeed = async (event: CustomEvent) => {
  await answer(event, { Status: 'SUCCESS', PhysicalResourceId: 'made-1', Data: { Colour: 'red' } });
};

describe('a custom resource', () => {
  it('A custom resource invokes its function to create, update and delete it, with the request that CloudFormation sends', async () => {
    handler = succeed;
    const stack = await apply({ Count: 3, Nested: { On: true } });
    expect(stack.status).toBe('CREATE_COMPLETE');
    expect(stack.outputs.map(({ key, value }) => [key, value])).toEqual([
      ['Colour', 'red'],
      ['Id', 'made-1'],
    ]);
    await apply({ Count: 4, Nested: { On: true } });
    await applier.delete('demo');
    const common = { StackId: stack.stackId, LogicalResourceId: 'Made', ResourceType: 'Custom::Thing' };
    const properties = { ServiceToken: FUNCTION, Nested: { On: 'true' } };
    expect(events).toMatchObject([
      { ...common, RequestType: 'Create', ResourceProperties: { ...properties, Count: '3' } },
      {
        ...common,
        RequestType: 'Update',
        PhysicalResourceId: 'made-1',
        ResourceProperties: { ...properties, Count: '4' },
        OldResourceProperties: { ...properties, Count: '3' },
      },
      { ...common, RequestType: 'Delete', PhysicalResourceId: 'made-1' },
    ]);
    expect(events[0]).not.toHaveProperty('PhysicalResourceId');
  });

  it('A custom resource is deleted under its former physical id when an update returns another id', async () => {
    handler = succeed;
    await apply({ Count: 3 });
    handler = async (event) => {
      await answer(event, { Status: 'SUCCESS', PhysicalResourceId: 'made-2', Data: { Colour: 'blue' } });
    };
    const stack = await apply({ Count: 4 });
    expect(stack.outputs.map(({ value }) => value)).toEqual(['blue', 'made-2']);
    expect(events.slice(1)).toMatchObject([
      { RequestType: 'Update', PhysicalResourceId: 'made-1' },
      { RequestType: 'Delete', PhysicalResourceId: 'made-1', ResourceProperties: { Count: '3' } },
    ]);
  });

  it('A custom resource fails the stack with the reason from its function', async () => {
    handler = async (event) => {
      await answer(event, { Status: 'FAILED', Reason: 'no room' });
    };
    const stack = await apply({});
    expect(stack.status).toBe('ROLLBACK_COMPLETE');
    expect(stack.statusReason).toMatch(/\[FAILED\] from custom resource: no room/);
  });

  it('A custom resource fails at once if its function throws, and after the timeout if its function never responds', async () => {
    handler = async () => ({ functionError: 'Unhandled', payload: '{"errorMessage":"broken"}' });
    expect((await apply({})).statusReason).toMatch(/function failed: .*broken/);
    handler = async () => {};
    expect((await apply({ ServiceTimeout: 1 })).statusReason).toMatch(
      /did not send its answer .* within 1 s/,
    );
  });

  it('A custom resource fails when the answer is not valid', async () => {
    handler = async (event) => {
      await answer(event, { Status: 'PERHAPS' });
    };
    expect((await apply({})).statusReason).toMatch(/answer is not valid: Status/);
  });

  it('A custom resource accepts one PUT request at its URL and none at any other', async () => {
    const statuses: number[] = [];
    const done = new Promise<void>((resolve) => {
      handler = async (event) => {
        statuses.push(await answer({ ...event, ResponseURL: `${event.ResponseURL}0` }, {}));
        statuses.push((await fetch(event.ResponseURL, { method: 'POST', body: '{}' })).status);
        statuses.push(await answer(event, { Status: 'SUCCESS', Data: { Colour: 'red' } }));
        statuses.push(await answer(event, { Status: 'FAILED' }));
        resolve();
      };
    });
    expect((await apply({})).status).toBe('CREATE_COMPLETE');
    await done;
    expect(statuses).toEqual([404, 405, 200, 404]);
  });

  it('A custom resource is refused when its service token is not the ARN of a function', async () => {
    await expect(
      applier.apply({
        stackName: 'demo',
        templateText: JSON.stringify({
          Resources: { Made: { Type: 'Custom::Thing', Properties: { ServiceToken: 'arn:aws:sns:::topic' } } },
        }),
      }),
    ).rejects.toThrow(/Made \(Custom::Thing\): ServiceToken must be the ARN of a function in the local AWS/);
  });
});
