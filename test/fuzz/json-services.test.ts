import * as logs from '@aws-sdk/client-cloudwatch-logs';
import * as codebuild from '@aws-sdk/client-codebuild';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as events from '@aws-sdk/client-eventbridge';
import * as secretsmanager from '@aws-sdk/client-secrets-manager';
import * as states from '@aws-sdk/client-sfn';
import * as sqs from '@aws-sdk/client-sqs';
import * as ssm from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { operationsOf, type KnownValues } from './api-inputs.js';
import { CAMPAIGN_MS, holds } from './campaign.js';
import { startFuzzedPlace, type FuzzedPlace } from './fuzzed-place.js';
import { jsonText, mutated, nastyText, wellFormed } from './nasty.js';
import { expectJsonAnswer, expectNoFault } from './own-answer.js';
import { sendSigned } from './signed-request.js';

/**
 * The services by signing name: prefix of `x-amz-target`, SDK package, and an operation that succeeds with an empty
 * request.
 */
const SERVICES = {
  logs: { target: 'Logs_20140328', client: logs, right: 'DescribeLogGroups' },
  codebuild: { target: 'CodeBuild_20161006', client: codebuild, right: 'ListProjects' },
  dynamodb: { target: 'DynamoDB_20120810', client: dynamodb, right: 'ListTables' },
  events: { target: 'AWSEvents', client: events, right: 'ListEventBuses' },
  secretsmanager: { target: 'secretsmanager', client: secretsmanager, right: 'ListSecrets' },
  states: { target: 'AWSStepFunctions', client: states, right: 'ListStateMachines' },
  sqs: { target: 'AmazonSQS', client: sqs, right: 'ListQueues' },
  ssm: { target: 'AmazonSSM', client: ssm, right: 'GetParametersByPath' },
} as const;
type Service = keyof typeof SERVICES;

const ARN = 'arn:aws';
const HERE = 'eu-central-1:123456789012';
const QUEUE_URL = 'http://127.0.0.1/123456789012/fuzz';

const KNOWN: KnownValues = [
  [/WaitTimeSeconds/, [0]],
  [/buildspec/i, ['{"version":0.2,"phases":{"build":{"commands":["true"]}}}']],
  [/^(TableName|projectName|logGroupName|SecretId|QueueName|EventBusName|Bus)$|^name$/i, ['fuzz']],
  [/QueueUrl/i, [QUEUE_URL]],
  [/stateMachineArn/i, [`${ARN}:states:${HERE}:stateMachine:fuzz`]],
  [/executionArn/i, [`${ARN}:states:${HERE}:execution:fuzz:fuzz`]],
  [
    /(resource)?arn$/i,
    [`${ARN}:logs:${HERE}:log-group:fuzz`, `${ARN}:sqs:${HERE}:fuzz`, `${ARN}:dynamodb:${HERE}:table/fuzz`],
  ],
  [/logStreamName/i, ['stream']],
  [/^(AttributeName|KeyType|AttributeType)$/, ['id', 'HASH', 'S']],
  [
    /Expression$/,
    ['id = :a', 'SET #a = :a', 'attribute_exists(id)', 'rate(5 minutes)', 'size(a) > :a AND ('],
  ],
  [
    /EventPattern|^Filter/i,
    [
      '{"source":["a"]}',
      '{"detail":{"a":[{"prefix":"b"}]}}',
      '{"a":[{"anything-but":{"prefix":1}}]}',
      '"a b" -c ?d',
    ],
  ],
  [/definition/i, ['{"QueryLanguage":"JSONata","StartAt":"A","States":{"A":{"Type":"Succeed"}}}']],
  [/^(Detail|input|MessageBody|SecretString)$/i, ['{}', '{"a":{"b":[1]}}']],
  [/^type$/i, ['String', 'STANDARD', 'SecureString', 'PLAINTEXT', 'S3', 'NO_SOURCE']],
  [/^value$/i, ['fuzz']],
  [/^S$/, ['fuzz']],
  [/^N$/, ['1', '1e400', 'x']],
];

let place: FuzzedPlace;
beforeAll(async () => {
  place = await startFuzzedPlace();
});
afterAll(() => place.dispose());

describe.each(Object.keys(SERVICES) as Service[])('%s', (service) => {
  const { target, client, right } = SERVICES[service];
  const rightInput = service === 'ssm' ? '{"Path":"/"}' : '{}';
  const call = (operation: string, body: string) =>
    sendSigned(place, {
      service,
      body,
      headers: { 'x-amz-target': `${target}.${operation}`, 'content-type': 'application/x-amz-json-1.1' },
    });

  /** Returns the operations of the service in the local AWS. */
  async function operationNames(): Promise<string[]> {
    const { body } = await call('None', '{}');
    const names = /it has (.*)\.$/.exec((JSON.parse(body) as { message: string }).message)?.[1] ?? '';
    return names.split(', ');
  }

  it(
    'The service answers valid and invalid input of every operation with a result or an error of its own',
    async () => {
      const operations = operationsOf(client, await operationNames(), KNOWN);
      expect(operations.length).toBeGreaterThan(3);
      const requests = fc.oneof(
        ...operations.map(({ name, inputs }) => fc.tuple(fc.constant(name), mutated(inputs))),
      );
      await holds(
        fc.asyncProperty(requests, async ([name, input]) => {
          expectJsonAnswer(await call(name, jsonText(input)), name);
          expectNoFault(place);
        }),
        operations.length * 12,
      );
      expect((await call(right, rightInput)).status).toBe(200);
    },
    CAMPAIGN_MS,
  );

  it('The service answers a body that is not JSON and an unknown operation with errors of its own', async () => {
    await holds(
      fc.asyncProperty(nastyText, nastyText, async (name, body) => {
        const headerSafe = encodeURIComponent(wellFormed(name)).slice(0, 200);
        expectJsonAnswer(await call(headerSafe, wellFormed(body)), headerSafe);
        expectJsonAnswer(await call(right, wellFormed(body)), right);
        expectNoFault(place);
      }),
      20,
    );
  });
});
