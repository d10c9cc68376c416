import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type CfnRule, Rule } from 'aws-cdk-lib/aws-events';
import { Bucket, BucketEncryption, EventType, type BucketProps } from 'aws-cdk-lib/aws-s3';
import { LambdaDestination, SqsDestination } from 'aws-cdk-lib/aws-s3-notifications';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { passOn } from '../../../lib/local/intercept.js';
import { createPlaceServices, type PlaceServices } from '../../../lib/local/place-services.js';
import { bucketNotificationsProvider } from '../../../lib/local/template/bucket-notifications.js';
import { inertProviders } from '../../../lib/local/template/inert-providers.js';
import { createStackApplier, type StackApplier } from '../../../lib/local/template/stack-applier.js';
import { providerRegistry } from '../../../lib/local/template/stack-resource-provider.js';
import { openTestPlaceContext, type TestPlaceContext } from '../test-place-context.js';

const TYPE = 'Custom::S3BucketNotifications';
const KEEP_IN_BUCKET = '@aws-cdk/aws-s3:keepNotificationInImportedBucket';

interface WrittenResource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
}
type Resources = Record<string, WrittenResource>;

let context: TestPlaceContext;
let services: PlaceServices;
let applier: StackApplier;
/** Logical ids of the custom resources that were created, updated or deleted by their function. */
let byFunction: string[];

beforeEach(async () => {
  context = await openTestPlaceContext();
  services = await createPlaceServices(context, {
    buildConcurrency: 1,
    assets: () => undefined,
    intercept: passOn,
  });
  byFunction = [];
  const custom = bucketNotificationsProvider({
    functions: services.functions,
    notifications: services.notifications,
    custom: {
      async create({ logicalId }) {
        byFunction.push(logicalId);
        return { physicalId: logicalId, attributes: {} };
      },
      update: async (current) => current,
      delete: async () => undefined,
    },
  });
  applier = await createStackApplier(
    context,
    providerRegistry([...services.resourceProviders, ...inertProviders(context)], custom),
  );
});
afterEach(async () => {
  await services.close(Promise.resolve());
  await context.dispose();
});

/** Returns the resources of a stack of the CDK. */
function resourcesOf(
  define: (stack: Stack) => void,
  flags: Readonly<Record<string, boolean>> = {},
): Resources {
  const stack = new Stack(new App({ context: flags }), 'Own');
  define(stack);
  return (Template.fromStack(stack).toJSON() as { Resources: Resources }).Resources;
}

const withBucket = (props: BucketProps, flags?: Readonly<Record<string, boolean>>) =>
  resourcesOf((stack) => void new Bucket(stack, 'Reports', { bucketName: 'reports', ...props }), flags);

const apply = (Resources: Resources) =>
  applier.apply({ stackName: 'own', templateText: JSON.stringify({ Resources }) });

async function sendsEvents(bucket = 'reports'): Promise<boolean> {
  let sends = false;
  await services.notifications.changeSendsEvents(bucket, (current) => (sends = current));
  return sends;
}

async function messageOf(refused: Promise<unknown>): Promise<string> {
  return refused.then(
    () => 'not refused',
    (error: Error) => error.message,
  );
}

/** Returns the logical id of the first resource of a type. */
function idOf(resources: Resources, type: string): string {
  const [id] = Object.entries(resources).find(([, { Type }]) => Type === type) ?? [];
  if (id === undefined) throw new Error(`no ${type}`);
  return id;
}

describe('A bucket of the CDK with `eventBridgeEnabled`', () => {
  it('A bucket with `eventBridgeEnabled` sends events until the option or the stack is removed, and the function of the CDK is not run', async () => {
    const resources = withBucket({ eventBridgeEnabled: true });
    const created = await apply(resources);
    expect([created.status, created.statusReason]).toEqual(['CREATE_COMPLETE', undefined]);
    expect(await sendsEvents()).toBe(true);
    expect(byFunction).toEqual([]);
    expect(created.resources.find(({ type }) => type === TYPE)?.physicalId).toBe(idOf(resources, TYPE));
    expect((await apply(withBucket({}))).status).toBe('UPDATE_COMPLETE');
    expect(await sendsEvents()).toBe(false);
    await apply(resources);
    expect(await sendsEvents()).toBe(true);
    await applier.delete('own');
    expect(await sendsEvents()).toBe(false);
  });

  it('A bucket with `eventBridgeEnabled` still sends events after another of its properties was changed', async () => {
    await apply(withBucket({ eventBridgeEnabled: true }));
    const changed = withBucket({ eventBridgeEnabled: true, encryption: BucketEncryption.KMS_MANAGED });
    expect((await apply(changed)).status).toBe('UPDATE_COMPLETE');
    expect(await sendsEvents()).toBe(true);
  });

  it('With the flag that keeps notifications of others, a bucket sends events also after the option is removed', async () => {
    const flags = { [KEEP_IN_BUCKET]: true };
    await apply(withBucket({ eventBridgeEnabled: true }, flags));
    expect(await sendsEvents()).toBe(true);
    expect((await apply(withBucket({}, flags))).status).toBe('UPDATE_COMPLETE');
    expect(await sendsEvents()).toBe(true);
  });

  it('Invoking the function of the CDK is refused with an error that says that it is not run', async () => {
    const resources = withBucket({ eventBridgeEnabled: true });
    const { resources: created } = await apply(resources);
    const { physicalId = '' } = created.find(({ type }) => type === 'AWS::Lambda::Function') ?? {};
    const refusal = { code: 'InvalidRuntimeException', message: expect.stringMatching(/only, not python3/) };
    await expect(services.functions.invoke(physicalId, '{}')).rejects.toMatchObject(refusal);
    await expect(services.functions.invokeAsync(physicalId, '{}')).rejects.toMatchObject(refusal);
  });
});

describe('A template with the function of the CDK for notifications of buckets', () => {
  it('Destinations other than EventBridge are refused with the logical ids of bucket and destinations, and nothing is created', async () => {
    const resources = resourcesOf((stack) => {
      const bucket = new Bucket(stack, 'Reports');
      const code = Code.fromInline('exports.handler = async () => 1;');
      const handler = new Function(stack, 'OnUpload', {
        code,
        runtime: Runtime.NODEJS_22_X,
        handler: 'index.handler',
      });
      bucket.addEventNotification(EventType.OBJECT_CREATED, new LambdaDestination(handler));
      bucket.addEventNotification(EventType.OBJECT_REMOVED, new SqsDestination(new Queue(stack, 'Removed')));
    });
    const bucket = idOf(resources, 'AWS::S3::Bucket');
    const message = await messageOf(apply(resources));
    expect(message).toMatch(
      new RegExp(
        `${bucket} to Lambda functions \\(OnUpload\\w+\\) and SQS queues \\(Removed\\w+\\): .*eventBridgeEnabled: true`,
      ),
    );
    expect(message.split('\n')).toHaveLength(2);
    expect(await applier.store.find('own')).toBeUndefined();
  });

  it('The function of the CDK is refused if a rule has it as target, because it is not run', async () => {
    const resources = resourcesOf((stack) => {
      new Bucket(stack, 'Reports', { eventBridgeEnabled: true });
      const rule = new Rule(stack, 'Always', { eventPattern: { source: ['my.app'] } });
      const handler = stack.node.findChild('BucketNotificationsHandler050a0587b7544547bf325f094a3db834');
      const { functionArn } = handler as unknown as { readonly functionArn: string };
      (rule.node.defaultChild as CfnRule).targets = [{ id: 'Handler', arn: functionArn }];
    });
    expect(await messageOf(apply(resources))).toMatch(
      /BucketNotificationsHandler\w+ \(AWS::Lambda::Function\): .* cannot use it: Always\w+ \(AWS::Events::Rule\)/,
    );
  });

  it('A custom resource of the same type whose function is written in Node.js invokes that function', async () => {
    const resources = withBucket({ eventBridgeEnabled: true });
    const handler = idOf(resources, 'AWS::Lambda::Function');
    resources[handler]!.Properties['Runtime'] = 'nodejs22.x';
    expect((await apply(resources)).status).toBe('CREATE_COMPLETE');
    expect(byFunction).toEqual([idOf(resources, TYPE)]);
    expect(await sendsEvents()).toBe(false);
  });

  it('A function in Python with another description is refused with the custom resources that need it, also behind another function', async () => {
    const resources = withBucket({ eventBridgeEnabled: true });
    const handler = idOf(resources, 'AWS::Lambda::Function');
    resources[handler]!.Properties['Description'] = 'Own';
    const direct = await messageOf(apply(resources));
    expect(direct).toMatch(
      /Node.js functions only, not python3\.\d+\. Needed by the custom resource Reports\w+ \(Custom::S3BucketNotifications\)\.$/m,
    );
    resources['Framework'] = {
      Type: 'AWS::Lambda::Function',
      Properties: {
        ...resources[handler]!.Properties,
        Runtime: 'nodejs22.x',
        Environment: { Variables: { USER_ON_EVENT_FUNCTION_ARN: { 'Fn::GetAtt': [handler, 'Arn'] } } },
      },
    };
    resources['Site'] = {
      Type: 'Custom::Site',
      Properties: { ServiceToken: { 'Fn::GetAtt': ['Framework', 'Arn'] } },
    };
    delete resources[idOf(resources, TYPE)];
    expect(await messageOf(apply(resources))).toMatch(
      /not python3\.\d+\. Needed by the custom resource Site \(Custom::Site\)\.$/m,
    );
  });
});
