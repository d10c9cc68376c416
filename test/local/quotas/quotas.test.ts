import { describe, expect, it } from '@jest/globals';

import { createQuotas, NO_QUOTAS, parseQuotas } from '../../../lib/local/quotas/quotas.js';
import type { AwsError } from '../../../lib/local/wire/aws-error.js';
import { anAccount, callsUntilRefused } from './an-account.js';
import { REQUEST_RATES } from '../../../lib/local/quotas/request-rates.js';

const atOnce = (region: string, service: string, operation: string) =>
  callsUntilRefused(anAccount({ region }).quotas, { service, operation }).calls;

describe('The quotas of an account', () => {
  it.each([
    ['states', 'StartExecution', 1_300, 800],
    ['states', 'StopExecution', 1_000, 500],
    ['states', 'DescribeExecution', 300, 250],
    ['states', 'ListExecutions', 200, 100],
    ['states', 'GetExecutionHistory', 400, 400],
    ['states', 'SendTaskSuccess', 3_000, 1_500],
    ['logs', 'GetLogEvents', 25, 10],
    ['logs', 'FilterLogEvents', 25, 5],
    ['events', 'PutEvents', 10_000, 2_400],
    ['codebuild', 'BatchGetBuilds', 10, 10],
    ['dynamodb', 'write units', 4_000, 4_000],
    ['s3', 'PUT', 3_500, 3_500],
  ])(
    'The quotas allow %s %s %d times at once in us-east-1, %d in eu-central-1',
    (service, operation, large, other) => {
      expect(atOnce('us-east-1', service, operation)).toBe(large);
      expect(atOnce('eu-central-1', service, operation)).toBe(other);
    },
  );

  it('The quotas of a new account allow fewer transitions and concurrent invocations', () => {
    const call = { service: 'states', operation: 'StateTransition' };
    expect(callsUntilRefused(anAccount().quotas, call).calls).toBe(5_000);
    expect(callsUntilRefused(anAccount({ quotas: 'aws-new-account' }).quotas, call).calls).toBe(100);
    expect(anAccount({ quotas: 'aws-new-account' }).quotas.concurrentInvocations).toBe(10);
  });

  it('The quotas let a call succeed again once its bucket has a token', () => {
    const { quotas, time } = anAccount();
    const call = { service: 'states', operation: 'DescribeExecution' };
    callsUntilRefused(quotas, call);
    time.nowMs += 1_000;
    expect(callsUntilRefused(quotas, call).calls).toBe(15);
  });

  it('The quotas count SendTaskSuccess and SendTaskHeartbeat separately', () => {
    const { quotas } = anAccount();
    callsUntilRefused(quotas, { service: 'states', operation: 'SendTaskSuccess' });
    expect(callsUntilRefused(quotas, { service: 'states', operation: 'SendTaskHeartbeat' }).calls).toBe(
      3_000,
    );
  });

  it('The quotas count GET and HEAD of an S3 bucket together, and each bucket by itself', () => {
    const { quotas } = anAccount();
    callsUntilRefused(quotas, { service: 's3', operation: 'GET', resource: 'one' });
    expect(callsUntilRefused(quotas, { service: 's3', operation: 'HEAD', resource: 'one' }).calls).toBe(0);
    expect(callsUntilRefused(quotas, { service: 's3', operation: 'HEAD', resource: 'two' }).calls).toBe(
      5_500,
    );
  });

  it('The quotas count all operations without a rate of their own together', () => {
    const { quotas } = anAccount();
    callsUntilRefused(quotas, { service: 'events', operation: 'PutRule' });
    expect(callsUntilRefused(quotas, { service: 'events', operation: 'PutTargets' }).calls).toBe(0);
    expect(() => quotas.take({ service: 'events', operation: 'PutEvents' })).not.toThrow();
  });

  it('The quotas refuse a call with the error of its service', () => {
    const refusals = [
      ['states', 'StartExecution'],
      ['codebuild', 'StartBuild'],
      ['logs', 'GetLogEvents'],
      ['events', 'PutEvents'],
      ['dynamodb', 'read units'],
      ['lambda', 'ListFunctions'],
      ['s3', 'GET'],
      ['sts', 'AssumeRole'],
    ].map(([service = '', operation = '']) => {
      const { error } = callsUntilRefused(anAccount().quotas, { service, operation });
      return `${service}: ${error.statusCode} ${error.code}`;
    });
    expect(refusals).toEqual([
      'states: 400 ThrottlingException',
      'codebuild: 400 ThrottlingException',
      'logs: 400 ThrottlingException',
      'events: 400 ThrottlingException',
      'dynamodb: 400 ThrottlingException',
      'lambda: 429 TooManyRequestsException',
      's3: 503 SlowDown',
      'sts: 400 Throttling',
    ]);
  });

  it('The quotas do not limit operations that are not in the table, and `none` limits no operation', () => {
    const { quotas } = anAccount();
    for (let call = 0; call < 30_000; call += 1) quotas.take({ service: 'sqs', operation: 'SendMessage' });
    for (let call = 0; call < 30_000; call += 1) {
      NO_QUOTAS.take({ service: 'states', operation: 'ListExecutions' });
    }
    expect(createQuotas('none', { region: 'us-east-1', clock: Date })).toBe(NO_QUOTAS);
  });
});

describe('A thousand runs in simulated time', () => {
  it('A thousand runs that call DescribeExecution every 5 s for ten simulated minutes get 250 responses at once and then 10 a second', () => {
    const account = anAccount({ region: 'eu-central-1' });
    const codes = new Set<string>();
    for (let nowMs = 0; nowMs <= 600_000; nowMs += 5) {
      account.time.nowMs = nowMs;
      try {
        account.answer('states', 'DescribeExecution', () => 'RUNNING');
      } catch (error) {
        codes.add((error as AwsError).code);
      }
    }
    expect(account.admitted.DescribeExecution).toBe(250 + 10 * 600);
    expect(account.throttled.DescribeExecution).toBe(120_001 - 6_250);
    expect([...codes]).toEqual(['ThrottlingException']);
  });
});

describe('The option `quotas`', () => {
  it('An unknown value of `quotas` is refused with the names of the known ones', () => {
    expect(() => parseQuotas('fast')).toThrow(
      '"fast" is not a value of quotas: use none, aws, aws-new-account.',
    );
  });
});

describe('The table of request rates', () => {
  it('The table of request rates names each operation once and gives a source for it', () => {
    const names = REQUEST_RATES.flatMap(({ service, operations }) =>
      operations.map((operation) => `${service} ${operation}`),
    );
    expect(new Set(names).size).toBe(names.length);
    for (const { source } of REQUEST_RATES) {
      expect(source).toMatch(/^(https:\/\/docs\.aws\.amazon\.com\/|undocumented: assumed )/);
    }
  });
});
