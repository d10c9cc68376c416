import { describe, expect, it } from '@jest/globals';

import { executionConsoleUrl } from '../../../client/run/console-url.js';

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
