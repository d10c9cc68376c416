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

import type { DeployMeans } from '../../../client/deploy/deploy-over.js';

export const STACK_NAME = 'aws-codeseeder-demo';

/** What is asked of CloudFormation. */
export const cloudFormation = mockClient(CloudFormationClient);
const dynamoDb = mockClient(DynamoDBClient);

/** The stack as CloudFormation has it. */
export interface Stack {
  readonly status: StackStatus;
  readonly id?: string;
  readonly deployId?: string;
  readonly updatedAtMs?: number;
}

export const made: Stack = { status: 'CREATE_COMPLETE' };

interface World {
  stack: Stack | undefined;
  /** What the stack becomes when it is looked at for the next times. */
  next: (Stack | undefined)[];
  changeSets: string[];
  /** Contexts that were synthesized, one for each attempt. */
  contexts: Readonly<Record<string, string>>[];
}

/** An account where nothing is deployed, with a stack that others change too. */
export const world: World = { stack: undefined, next: [], changeSets: [], contexts: [] };

/** Forgets whatever the last test has made of it. */
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

/** What others do while the toolkit is at work, one entry for each attempt, and how it then goes on. */
export type Attempt = (toolkit: {
  /** Makes its change set and asks, as the CDK's does. */
  carryOut(): Promise<'executed' | 'left'>;
  fail(message: string): { failure: string };
  failAtResource(): { failure: string };
}) => Promise<unknown>;

/** A toolkit that goes through the given attempts, and through no other. */
export function means(...attempts: readonly Attempt[]): DeployMeans {
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
      return said === 'left' ? { left: true } : (said as { failure: string });
    },
  };
}
