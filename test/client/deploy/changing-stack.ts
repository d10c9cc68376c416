import {
  CloudFormationClient,
  DeleteChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ListChangeSetsCommand,
  type StackStatus,
} from '@aws-sdk/client-cloudformation';
import { DescribeTableCommand, DynamoDBClient, ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';

import type { DeployTools } from '../../../client/deploy/deploy-over.js';

export const STACK_NAME = 'aws-codeseeder-demo';

/** The mocked client of CloudFormation. */
export const cloudFormation = mockClient(CloudFormationClient);
const dynamoDb = mockClient(DynamoDBClient);

/** The state of the mocked stack. */
export interface Stack {
  readonly status: StackStatus;
  readonly id?: string;
  readonly deployId?: string;
  readonly updatedAtMs?: number;
}

export const made: Stack = { status: 'CREATE_COMPLETE' };

interface World {
  stack: Stack | undefined;
  /** States that the next calls read, one after the other. */
  next: (Stack | undefined)[];
  changeSets: string[];
  /** Context of each synthesis, in order. */
  contexts: Readonly<Record<string, string>>[];
}

/** The mocked account. Its stack does not exist yet, and a test can let other processes change it. */
export const world: World = { stack: undefined, next: [], changeSets: [], contexts: [] };

/** Resets the account. */
export function resetWorld(): void {
  Object.assign(world, { stack: undefined, next: [], changeSets: [], contexts: [] } satisfies World);
  dynamoDb.reset();
  dynamoDb.on(DescribeTableCommand).rejects(new ResourceNotFoundException({ $metadata: {}, message: 'no' }));
  cloudFormation.reset();
  cloudFormation.on(DescribeStackEventsCommand).resolves({ StackEvents: [] });
  cloudFormation.on(DeleteChangeSetCommand).resolves({});
  cloudFormation.on(ListChangeSetsCommand).callsFake(async () => ({
    Summaries: world.changeSets.map((ChangeSetName) => ({ ChangeSetName, Status: 'CREATE_COMPLETE' })),
  }));
  cloudFormation.on(DescribeStacksCommand).callsFake(async () => {
    const now = world.stack;
    if (world.next.length > 0) world.stack = world.next.shift();
    if (now === undefined) throw new Error(`Stack with id ${STACK_NAME} does not exist`);
    return { Stacks: [described(now)] };
  });
}

function described({ status, id = 'arn:stack', deployId = 'theirs', updatedAtMs }: Stack) {
  const isMade = /^(CREATE_COMPLETE|UPDATE_)/.test(status);
  return {
    StackId: id,
    StackName: STACK_NAME,
    StackStatus: status,
    ...(updatedAtMs !== undefined && { LastUpdatedTime: new Date(updatedAtMs) }),
    Outputs: isMade
      ? [
          { OutputKey: 'StateMachineArn', OutputValue: 'arn:machine' },
          { OutputKey: 'DeployId', OutputValue: deployId },
        ]
      : [],
  };
}

/** One deployment by the mocked toolkit. A test decides what other processes do during it. */
export type Attempt = (toolkit: {
  /** Creates a change set and asks whether to execute it, as the CDK's toolkit does. */
  carryOut(): Promise<'executed' | 'left'>;
  fail(message: string): { failure: string };
  failAtResource(): { failure: string };
}) => Promise<unknown>;

/** Returns a toolkit whose deployments are the given attempts in order. Any further deployment fails. */
export function tools(...attempts: readonly Attempt[]): DeployTools {
  let count = 0;
  return {
    async synthesize({ context }) {
      world.contexts.push(context);
      return '/assembly';
    },
    async runToolkit(_job, { mayExecute, onEvent }) {
      const attempt = attempts[count];
      count += 1;
      if (attempt === undefined) throw new Error(`attempt ${count} was not expected`);
      const tell = (status: string) =>
        onEvent({
          type: 'resource',
          stackName: STACK_NAME,
          logicalId: 'Bucket',
          resourceType: 'AWS::S3::Bucket',
          status,
          timestampMs: 0,
        });
      const said = await attempt({
        async carryOut() {
          if (world.stack === undefined) world.stack = { status: 'REVIEW_IN_PROGRESS' };
          if (!(await mayExecute())) return 'left';
          tell('CREATE_COMPLETE');
          world.stack = { ...made, deployId: world.contexts.at(-1)?.['deployId'] ?? '' };
          return 'executed';
        },
        fail: (failure) => ({ failure }),
        failAtResource() {
          tell('CREATE_FAILED');
          return { failure: 'the bucket failed' };
        },
      });
      if (said === 'executed') return { changed: true };
      return said === 'left' ? { wasLeft: true } : (said as { failure: string });
    },
  };
}
