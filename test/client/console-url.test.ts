import { describe, expect, it } from '@jest/globals';

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

describe('whereToSee', () => {
  const url = (account: string) =>
    executionConsoleUrl(`arn:aws:states:us-east-1:${account}:execution:codeseeder-demo:run-1`);

  it('`whereToSee` returns the URL of the console for a run in AWS', () => {
    expect(whereToSee('run-1', url('123456789012'))).toBe(url('123456789012'));
  });

  it('`whereToSee` returns the command that shows a run in a local AWS, which has no console', () => {
    expect(whereToSee('run-1', url('000000000000'))).toBe('codeseeder runs show run-1');
  });
});
