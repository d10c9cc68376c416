import { describe, expect, it } from '@jest/globals';

import { showDeployment } from '../../../../client/cli/deploy/deploy-display.js';
import type { DeployEvent, DeployListener } from '../../../../client/deploy-types.js';
import { aLiveTerminal, aTerminal, lastingLines } from '../a-terminal.js';

function resource(logicalId: string, status: string, reason?: string): DeployEvent {
  return {
    type: 'resource',
    stackName: 'stack',
    logicalId,
    resourceType: logicalId === 'stack' ? 'AWS::CloudFormation::Stack' : 'AWS::S3::Bucket',
    status,
    reason,
    timestampMs: 0,
  };
}

const EVENTS: readonly DeployEvent[] = [
  { type: 'synthesizing' },
  { type: 'deploying', stackName: 'stack' },
  { type: 'message', level: 'info', text: 'of the CDK' },
  resource('stack', 'CREATE_IN_PROGRESS'),
  resource('First', 'CREATE_IN_PROGRESS'),
  resource('First', 'CREATE_COMPLETE'),
  resource('Second', 'CREATE_COMPLETE'),
  resource('Third', 'CREATE_FAILED', 'the name is taken'),
  resource('First', 'DELETE_IN_PROGRESS'),
  resource('stack', 'ROLLBACK_COMPLETE'),
];

const work = async (listener: DeployListener) => {
  EVENTS.forEach((event) => listener(event));
  return 'done';
};

const FAILED = 'CREATE_FAILED        AWS::S3::Bucket Third: the name is taken';

describe('showDeployment', () => {
  it('A terminal keeps the lines of failures, and counts the completed resources in its status line', async () => {
    const terminal = aLiveTerminal(100);

    await expect(showDeployment(terminal, 'progress', work)).resolves.toBe('done');
    const { text } = terminal.stderr;
    expect(lastingLines(text)).toEqual([FAILED, 'ROLLBACK_COMPLETE    AWS::CloudFormation::Stack stack', '']);
    expect(text).toMatch(/ starting · \d+ s/);
    expect(text).toMatch(/ deploying the stack stack · \d+ s · 2 resources done · AWS::S3::Bucket Third/);
    expect(text).toMatch(/ deploying the stack stack · \d+ s · 1 resource done · AWS::S3::Bucket First/);
  });

  it('The status line is removed when the deployment fails', async () => {
    const terminal = aLiveTerminal(100);
    const failing = showDeployment(terminal, 'progress', () => Promise.reject(new Error('no rights')));

    await expect(failing).rejects.toThrow('no rights');
    expect(terminal.stderr.text).toMatch(/\u001B\[J$/);
  });

  it('Without a terminal, there are lines for steps and failures, and one for every ten resources', async () => {
    const terminal = aTerminal();
    await showDeployment(terminal, 'progress', async (listener) => {
      await work(listener);
      listener({ type: 'deleting', stackName: 'stack' });
      for (let at = 1; at <= 25; at += 1) {
        listener(resource(`R${at}`, 'DELETE_IN_PROGRESS'));
        listener(resource(`R${at}`, 'DELETE_COMPLETE'));
        // The tenth resource is done a second time.
        if (at === 10) listener(resource('R10', 'DELETE_IN_PROGRESS'));
        if (at === 10) listener(resource('R10', 'DELETE_COMPLETE'));
      }
      listener({ type: 'emptied', bucket: 'the-bucket', objects: 3 });
    });

    expect(terminal.stderr.text.replaceAll(/\d+ s/g, '0 s').split('\n')).toEqual([
      'synthesizing the seedkit',
      'deploying the stack stack',
      FAILED,
      'ROLLBACK_COMPLETE    AWS::CloudFormation::Stack stack',
      'deleting the stack stack',
      'deleting the stack stack, 0 s, 10 resources done, AWS::S3::Bucket R10',
      'deleting the stack stack, 0 s, 20 resources done, AWS::S3::Bucket R20',
      'emptied the bucket the-bucket: 3 objects',
      '',
    ]);
  });

  it('With --verbose, there is a line for each event, without the messages of the CDK', async () => {
    const terminal = aTerminal();
    await showDeployment(terminal, 'events', work);

    expect(terminal.stderr.text.split('\n')).toEqual([
      'synthesizing the seedkit',
      'deploying the stack stack',
      'CREATE_IN_PROGRESS   AWS::CloudFormation::Stack stack',
      'CREATE_IN_PROGRESS   AWS::S3::Bucket First',
      'CREATE_COMPLETE      AWS::S3::Bucket First',
      'CREATE_COMPLETE      AWS::S3::Bucket Second',
      FAILED,
      'DELETE_IN_PROGRESS   AWS::S3::Bucket First',
      'ROLLBACK_COMPLETE    AWS::CloudFormation::Stack stack',
      '',
    ]);
  });

  it('With --debug, a terminal has a line for each event and each message of the CDK', async () => {
    const terminal = aLiveTerminal(100);
    await showDeployment(terminal, 'messages', work);

    expect(terminal.stderr.text.split('\n')).toHaveLength(EVENTS.length + 1);
    expect(terminal.stderr.text).toContain('info: of the CDK\n');
  });
});
