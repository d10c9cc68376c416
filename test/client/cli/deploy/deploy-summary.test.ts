import { describe, expect, it } from '@jest/globals';

import { printNext, summaryOf } from '../../../../client/cli/deploy/deploy-summary.js';
import { aLiveTerminal, aTerminal, KeptOutput } from '../a-terminal.js';

const DEPLOYED = {
  stackName: 'aws-codeseeder-demo',
  outputs: {
    DeployId: 'abcdef',
    Bucket: 'codeseeder-demo-123456789012-abcdef',
    StateMachineArn: 'arn:aws:states:eu-central-1:123456789012:stateMachine:codeseeder-demo',
    RunTable: 'codeseeder-demo-runs',
    CodeBuildRole: 'codeseeder-demo-eu-central-1-codebuild',
    ClientPolicyArn: 'arn:aws:iam::123456789012:policy/codeseeder-demo-eu-central-1-client',
  },
};

const summary = (columns: number) =>
  summaryOf(DEPLOYED, { stdout: Object.assign(new KeptOutput(), { columns }) });

describe('what `deploy seedkit` prints on a terminal', () => {
  it('The summary has what a person needs, in columns', () => {
    expect(summary(120)).toEqual([
      '  Stack                             aws-codeseeder-demo',
      '  Region and account                eu-central-1, 123456789012',
      '  Bucket of code, values and files  codeseeder-demo-123456789012-abcdef',
      '  Table of records                  codeseeder-demo-runs',
      '  Role of builds                    codeseeder-demo-eu-central-1-codebuild',
      '  Policy for those who start runs   arn:aws:iam::123456789012:policy/codeseeder-demo-eu-central-1-client',
      '  --verbose prints all outputs.',
    ]);
  });

  it('On a narrow terminal, each value of the summary is below its name', () => {
    expect(summary(60).slice(0, 4)).toEqual([
      '  Stack:',
      '    aws-codeseeder-demo',
      '  Region and account:',
      '    eu-central-1, 123456789012',
    ]);
  });

  it('The next commands repeat the flags of the deployment, before the words after `--`', () => {
    const terminal = aLiveTerminal(120);
    printNext('demo', { profile: 'prod' }, terminal);

    expect(terminal.stderr.text).toBe(`\
Next:
  codeseeder run --profile prod --seedkit demo -- 'echo hello'  # runs a command in a build
  codeseeder doctor --profile prod --seedkit demo               # checks rights and quotas
  codeseeder console --profile prod --seedkit demo              # shows runs in a browser
`);
  });

  it('The next commands do not name the seedkit that the config names', () => {
    const terminal = aLiveTerminal(120);
    printNext('demo', { seedkit: 'demo' }, terminal);

    expect(terminal.stderr.text).toContain("  codeseeder run -- 'echo hello'  #");
  });

  it('Output that is no terminal gets no next commands', () => {
    const terminal = aTerminal();
    printNext('demo', {}, terminal);

    expect(terminal.stderr.text).toBe('');
  });
});
