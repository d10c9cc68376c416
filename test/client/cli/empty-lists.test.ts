import { QueryCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { ListSchedulesCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { beforeEach, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';

import { main } from '../../../client/cli/main.js';
import { dynamoDb, mockStack, OUTPUTS, resetAccount, s3 } from '../mocked-account.js';
import { aTerminal, runMain } from './a-terminal.js';

const scheduler = mockClient(SchedulerClient);

beforeEach(() => {
  resetAccount();
  mockStack('CREATE_COMPLETE', {
    ...OUTPUTS,
    ScheduleGroup: 'codeseeder-demo',
    SchedulerRoleArn: 'arn:aws:iam::000000000000:role/scheduler',
  });
  scheduler.reset();
  scheduler.on(ListSchedulesCommand).resolves({ Schedules: [] });
  s3.on(ListObjectsV2Command).resolves({});
  dynamoDb.on(QueryCommand).resolves({ Items: [] });
  dynamoDb.on(ScanCommand).resolves({ Items: [] });
});

it.each([
  [
    'schedules',
    'SCHEDULE',
    "No schedules of targets. Those of addSchedule() are rules of the stack.\nTo add one: codeseeder schedules add NAME TARGET 'rate(1 day)'",
  ],
  ['targets', 'TARGET', "No targets. To publish one: codeseeder publish NAME 'FILE#FUNCTION'"],
  ['locks', 'LOCK', 'No locks. A run takes one with --lock: codeseeder run --lock NAME -- COMMAND'],
  ['maps', 'MAP', "No maps. To start one: codeseeder map 'FILE#FUNCTION' inputs.jsonl"],
])(
  'An empty list of %s says on a terminal how to make the first one, and has its head elsewhere',
  async (group, head, sentence) => {
    const args = [group, 'list', '--seedkit', 'demo', '--region', 'eu-west-1'];
    const terminal = aTerminal();
    Object.assign(terminal.stdout, { isTTY: true, columns: 80 });
    expect(await main(args, terminal)).toBe(0);
    expect(terminal.stdout.text).toBe(`${sentence}\n`);
    expect((await runMain(args)).stdout).toMatch(new RegExp(`^${head}  [A-Z ]+\n$`));
  },
);
