import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import {
  CsvHeaders,
  DefinitionBody,
  DistributedMap,
  type IChainable,
  IntegrationPattern,
  ItemBatcher,
  Map as MapState,
  Parallel,
  Pass,
  ProcessorMode,
  ProcessorType,
  ProvideItems,
  ResultWriterV2,
  S3CsvItemReader,
  StateMachine,
  TaskInput,
} from 'aws-cdk-lib/aws-stepfunctions';
import { StepFunctionsStartExecution } from 'aws-cdk-lib/aws-stepfunctions-tasks';

import { withTemplateApp } from '../../seedkit/template-app.js';
import { aDefinition } from './a-machine.js';
import { type OpenStates, openStates } from './open-states.js';

const RESULT_WRITER_V2 = '@aws-cdk/aws-stepfunctions:useDistributedMapResultWriterV2';
const CHILD = 'arn:aws:states:eu-central-1:123456789012:stateMachine:machine';

/**
 * Returns the definition of a state machine that the CDK synthesizes, with resource names of the local AWS.
 */
function definitionOf(make: (stack: Stack) => IChainable): string {
  const machines = withTemplateApp((app) => {
    app.node.setContext(RESULT_WRITER_V2, true);
    const stack = new Stack(app, 'stack', { env: { account: '123456789012', region: 'eu-central-1' } });
    new StateMachine(stack, 'Machine', { definitionBody: DefinitionBody.fromChainable(make(stack)) });
    return Template.fromStack(stack).findResources('AWS::StepFunctions::StateMachine');
  });
  const [machine] = Object.values(machines) as { Properties: { DefinitionString: unknown } }[];
  return resolve(machine?.Properties.DefinitionString);
}

function resolve(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref: ref, 'Fn::Join': join } = value as { Ref?: string; 'Fn::Join'?: [string, unknown[]] };
  if (join !== undefined) return join[1].map(resolve).join(join[0]);
  if (ref === 'AWS::Partition') return 'aws';
  throw new Error(`unexpected ${JSON.stringify(value)}`);
}

describe('Machines of the CDK', () => {
  let place: OpenStates;
  const runMachine = async (name: string, definition: string, input: unknown) => {
    const roleArn = 'arn:aws:iam::123456789012:role/machine';
    const { stateMachineArn } = await place.call('CreateStateMachine', { name, roleArn, definition });
    const { executionArn } = await place.call('StartExecution', {
      stateMachineArn,
      input: JSON.stringify(input),
    });
    const { status, output, cause } = await place.ended(executionArn);
    expect([status, cause]).toEqual(['SUCCEEDED', undefined]);
    return JSON.parse(output as string) as unknown;
  };

  beforeAll(async () => {
    place = await openStates({
      definition: aDefinition({ P: { Type: 'Pass', Output: '{% $states.input.n * 10 %}', End: true } }),
    });
    await place.objects.write('bucket', 'rows.csv', Buffer.from('n\n1\n2\n3\n'));
  });

  afterAll(async () => {
    await place.states.close();
    await place.context.dispose();
  });

  it("The CDK's Parallel and Map states run", async () => {
    const definition = definitionOf((stack) =>
      Parallel.jsonata(stack, 'Both', { outputs: '{% $states.result %}' })
        .branch(
          MapState.jsonata(stack, 'Each', {
            items: ProvideItems.jsonata('{% $states.input.items %}'),
            maxConcurrency: 2,
            itemSelector: { value: '{% $states.context.Map.Item.Value %}' },
          }).itemProcessor(Pass.jsonata(stack, 'Double', { outputs: '{% $states.input.value * 2 %}' })),
        )
        .branch(Pass.jsonata(stack, 'Other', { outputs: 'other' })),
    );
    expect(await runMachine('both', definition, { items: [1, 2] })).toEqual([[2, 4], 'other']);
  });

  it("The CDK's DistributedMap reads CSV, batches and writes results", async () => {
    const definition = definitionOf((stack) => {
      const bucket = Bucket.fromBucketName(stack, 'Bucket', 'bucket');
      return DistributedMap.jsonata(stack, 'Rows', {
        label: 'rows',
        itemReader: new S3CsvItemReader({
          bucket,
          key: 'rows.csv',
          csvHeaders: CsvHeaders.useFirstRow(),
          maxItems: 2,
        }),
        itemBatcher: new ItemBatcher({ maxItemsPerBatch: 2 }),
        resultWriterV2: new ResultWriterV2({ bucket, prefix: 'out' }),
        toleratedFailurePercentage: 10,
      }).itemProcessor(Pass.jsonata(stack, 'Row'), {
        mode: ProcessorMode.DISTRIBUTED,
        executionType: ProcessorType.STANDARD,
      });
    });
    expect(await runMachine('rows', definition, {})).toEqual({
      MapRunArn: expect.stringContaining(':mapRun:rows/rows:'),
      ResultWriterDetails: { Bucket: 'bucket', Key: expect.stringMatching(/^out\/.*\/manifest.json$/) },
    });
  });

  it("The CDK's StepFunctionsStartExecution waits for the other machine", async () => {
    const definition = definitionOf((stack) =>
      StepFunctionsStartExecution.jsonata(stack, 'Start', {
        stateMachine: StateMachine.fromStateMachineArn(stack, 'Child', CHILD),
        input: TaskInput.fromObject({ n: '{% $states.input.n %}' }),
        integrationPattern: IntegrationPattern.RUN_JOB,
        outputs: '{% $states.result.Output %}',
      }),
    );
    expect(await runMachine('start', definition, { n: 4 })).toBe(40);
  });
});
