import { afterEach, describe, expect, it } from '@jest/globals';

import { executionConsoleUrl, whereToSee } from '../../client/console-url.js';

describe('the link to the console', () => {
  it.each([
    ['aws', 'eu-west-1', 'https://eu-west-1.console.aws.amazon.com/'],
    ['aws-cn', 'cn-north-1', 'https://cn-north-1.console.amazonaws.cn/'],
    ['aws-us-gov', 'us-gov-west-1', 'https://us-gov-west-1.console.amazonaws-us-gov.com/'],
  ])('The link to the console for partition %s in %s starts with %s', (partition, region, host) => {
    const arn = `arn:${partition}:states:${region}:000000000000:execution:codeseeder-demo:run-1`;

    expect(executionConsoleUrl(arn)).toBe(
      `${host}states/home?region=${region}#/v2/executions/details/${arn}`,
    );
  });
});

describe('the link to the console of a local AWS', () => {
  const VARIABLE = 'CODESEEDER_CONSOLE_URL';
  const arnOf = (machine: string, account: string) =>
    `arn:aws:states:us-east-1:${account}:execution:${machine}:id-1`;

  afterEach(() => {
    delete process.env[VARIABLE];
  });

  it.each([
    ['a run', 'codeseeder-demo', '000000000000', 'http://127.0.0.1:4000/runs/id-1'],
    ['a map', 'codeseeder-demo_maps', '000000000000', 'http://127.0.0.1:4000/maps/id-1'],
  ])('The link to %s leads to the console that the variable names', (_what, machine, account, expected) => {
    process.env[VARIABLE] = 'http://127.0.0.1:4000';

    expect(executionConsoleUrl(arnOf(machine, account))).toBe(expected);
    expect(whereToSee('id-1', expected)).toBe(expected);
  });

  it('The link to a run in AWS leads to the AWS console, also if the variable is set', () => {
    process.env[VARIABLE] = 'http://127.0.0.1:4000';

    expect(executionConsoleUrl(arnOf('codeseeder-demo', '123456789012'))).toContain('console.aws.amazon.com');
  });

  it.each(['http://evil.example:4000', 'http://127.0.0.1:4000/?token=x', 'javascript:alert(1)'])(
    'The variable %s, which no console has, is ignored',
    (url) => {
      process.env[VARIABLE] = url;

      expect(executionConsoleUrl(arnOf('codeseeder-demo', '000000000000'))).toContain(
        'console.aws.amazon.com',
      );
    },
  );
});

describe('whereToSee', () => {
  const url = (account: string) =>
    executionConsoleUrl(`arn:aws:states:us-east-1:${account}:execution:codeseeder-demo:run-1`);

  it('`whereToSee` returns the URL of the console for a run in AWS', () => {
    expect(whereToSee('run-1', url('123456789012'))).toBe(url('123456789012'));
  });

  it('`whereToSee` returns the command that shows a run in a local AWS, without a console', () => {
    expect(whereToSee('run-1', url('000000000000'))).toBe('codeseeder runs show run-1');
  });
});
