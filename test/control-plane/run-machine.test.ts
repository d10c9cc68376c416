import { describe, expect, it } from '@jest/globals';
import validate from 'asl-validator';

import {
  BUILD_NOT_ENDED,
  CAPACITY_UNAVAILABLE,
  FAILURES,
  isFailureCode,
  LOCK_AWAITED,
} from '../../lib/contract/index.js';
import { synthesizedTemplate } from '../seedkit/synthesized-template.js';
import { catchesOf, nextOf, state, synthesizedDefinition } from './synthesized-definition.js';

const definition = synthesizedDefinition();
const states = Object.entries(definition.States);
const tasks = states.filter(([, { Type }]) => Type === 'Task');

describe('runDefinition', () => {
  it('The definition is valid in the states language', () => {
    // Uses a new copy of the definition, because the validator changes its argument.
    const { isValid, errors } = validate(synthesizedDefinition());
    expect({ isValid, errors }).toEqual({ isValid: true, errors: [] });
  });

  it('The definition uses JSONata and times out after 45 hours', () => {
    expect(definition).toMatchObject({ QueryLanguage: 'JSONata', TimeoutSeconds: 45 * 3600 });
  });

  it('The definition has the states of the lifecycle', () => {
    expect(states.map(([name]) => name).sort()).toEqual(
      [
        'InitializeRun',
        'PrepareRun',
        'RecordQueued',
        'EmitQueued',
        'StartBuild',
        'WaitForLock',
        'HasQueueTimeLeft',
        'WaitForCapacity',
        'RecordBuilding',
        'EmitBuilding',
        'WaitForBuild',
        'LookAgainLater',
        'CollectOutcome',
        'AssumeFailure',
        'RecordOutcome',
        'EmitOutcome',
        'RecordAnnounced',
        'DidRunSucceed',
        'RunSucceeded',
        'RunFailed',
        'StopCanceled',
        'WaitForStop',
        'RunIdTaken',
        'RunSuperseded',
        'RunUnrecorded',
      ].sort(),
    );
  });

  it.each([
    ['InitializeRun', 'PrepareRun'],
    ['PrepareRun', 'RecordQueued'],
    ['RecordQueued', 'EmitQueued'],
    ['EmitQueued', 'StartBuild'],
    ['StartBuild', 'RecordBuilding'],
    ['RecordBuilding', 'EmitBuilding'],
    ['EmitBuilding', 'WaitForBuild'],
    ['WaitForBuild', 'CollectOutcome'],
    ['LookAgainLater', 'WaitForBuild'],
    ['CollectOutcome', 'RecordOutcome'],
    ['AssumeFailure', 'RecordOutcome'],
    ['RecordOutcome', 'EmitOutcome'],
    ['EmitOutcome', 'RecordAnnounced'],
    ['RecordAnnounced', 'DidRunSucceed'],
    ['WaitForCapacity', 'StartBuild'],
    ['WaitForLock', 'StartBuild'],
    ['StopCanceled', 'WaitForStop'],
    ['WaitForStop', 'RunFailed'],
  ])('The definition goes from %s to %s', (from, to) => {
    expect(state(from).Next).toBe(to);
  });

  it('The definition waits for the task token of the build, and checks the build again after the poll interval', () => {
    const wait = state('WaitForBuild');
    expect(wait.Resource).toBe('arn:aws:states:::lambda:invoke.waitForTaskToken');
    expect(wait['Arguments']).toMatchObject({ Payload: { taskToken: '{% $states.context.Task.Token %}' } });
    expect(catchesOf('WaitForBuild')).toMatchObject({
      BuildTimedOut: 'CollectOutcome',
      ControlPlaneError: 'CollectOutcome',
      'States.Timeout': 'WaitForBuild',
      'States.ALL': 'LookAgainLater',
    });
    expect(wait.Retry).toEqual([
      { ErrorEquals: expect.arrayContaining(['States.Timeout', 'BuildTimedOut']), MaxAttempts: 0 },
      expect.objectContaining({ ErrorEquals: ['States.ALL'], MaxAttempts: 3 }),
    ]);
    expect(state('LookAgainLater')['Seconds']).toBe(wait.TimeoutSeconds);
  });

  it('The definition waits for a lock until the queue deadline, and only if StartBuild found that another run holds it', () => {
    const wait = state('WaitForLock');
    expect(wait.Resource).toBe('arn:aws:states:::lambda:invoke.waitForTaskToken');
    expect(wait['Arguments']).toMatchObject({
      Payload: { taskToken: '{% $states.context.Task.Token %}', lock: '{% $prepared.lock.name %}' },
    });
    expect(wait.TimeoutSeconds).toContain('$prepared.queueDeadline');
    expect(catchesOf('WaitForLock')).toEqual({ 'States.ALL': 'CollectOutcome' });
    expect(catchesOf('StartBuild')).toMatchObject({ [LOCK_AWAITED]: 'WaitForLock' });
    const before = states.filter(([, from]) => nextOf(from).includes('WaitForLock')).map(([name]) => name);
    expect(before).toEqual(['StartBuild']);
    expect(wait.Retry?.[0]).toEqual({
      ErrorEquals: expect.arrayContaining(['States.Timeout', 'LockReplaced']),
      MaxAttempts: 0,
    });
  });

  it('The definition reaches every state', () => {
    const reached = new Set([definition.StartAt]);
    for (const name of reached) for (const next of nextOf(state(name))) reached.add(next as string);
    expect([...reached].sort()).toEqual(states.map(([name]) => name).sort());
  });

  it("Every failure except StopExecution and the machine's own timeout leads to an end of the run", () => {
    const ends = states.filter(([, { Type }]) => Type === 'Succeed' || Type === 'Fail').map(([name]) => name);
    expect(ends.sort()).toEqual([
      'RunFailed',
      'RunIdTaken',
      'RunSucceeded',
      'RunSuperseded',
      'RunUnrecorded',
    ]);
  });
});

/** Failure codes with which a run can end. */
const REFUSED_BY_HANDLERS = Object.entries(FAILURES)
  .filter(([, { seen }]) => seen !== 'caller')
  .map(([code]) => code);

describe('tasks', () => {
  const backoff = { JitterStrategy: 'FULL', MaxDelaySeconds: 60, BackoffRate: 2 };
  const waiting = ['WaitForBuild', 'WaitForLock'];
  const refusing = tasks.filter(
    ([name]) => !name.startsWith('Emit') && name !== 'StopCanceled' && !waiting.includes(name),
  );
  const looking = ['StartBuild', 'CollectOutcome'];

  const timed = tasks.filter(([name]) => !waiting.includes(name));

  it.each(timed)('%s has a timeout', (_name, task) => {
    expect(task.TimeoutSeconds).toBeGreaterThan(0);
  });

  it.each(refusing)(
    '%s retries transient errors often, for hours if it checks a build, and unknown errors seldom, with jitter',
    (name, task) => {
      expect(task.Retry?.slice(1)).toEqual([
        {
          ...backoff,
          ErrorEquals: expect.arrayContaining(['States.Timeout']),
          IntervalSeconds: 2,
          MaxAttempts: looking.includes(name) ? 100 : 8,
          MaxDelaySeconds: looking.includes(name) ? 300 : 60,
        },
        { ...backoff, ErrorEquals: ['States.ALL'], IntervalSeconds: 2, MaxAttempts: 3 },
      ]);
    },
  );

  it.each(refusing)('%s is not retried after a refusal', (name, task) => {
    const [first, ...others] = task.Retry ?? [];
    expect(first?.['MaxAttempts']).toBe(0);
    const refusals = name.startsWith('Record')
      ? ['DynamoDB.ConditionalCheckFailedException', 'DynamoDb.ConditionalCheckFailedException']
      : [...REFUSED_BY_HANDLERS, CAPACITY_UNAVAILABLE, LOCK_AWAITED, BUILD_NOT_ENDED];
    expect(first?.ErrorEquals).toEqual(refusals);
    const repeated = others.flatMap(({ ErrorEquals }) => ErrorEquals);
    expect(repeated.filter((error) => refusals.includes(error))).toEqual([]);
  });

  it('The run continues if RecordBuilding fails, unless another writer has ended the run', () => {
    expect(catchesOf('RecordBuilding')).toEqual({
      'DynamoDB.ConditionalCheckFailedException': 'CollectOutcome',
      'DynamoDb.ConditionalCheckFailedException': 'CollectOutcome',
      'States.ALL': 'EmitBuilding',
    });
  });

  it.each(['EmitQueued', 'EmitBuilding'])('The run continues if %s fails', (name) => {
    expect(state(name).Retry).toEqual([
      { ...backoff, ErrorEquals: ['States.ALL'], IntervalSeconds: 2, MaxAttempts: 3 },
    ]);
    expect(catchesOf(name)).toEqual({ 'States.ALL': state(name).Next });
    expect(state(name)['Catch']).toEqual([expect.not.objectContaining({ Assign: expect.anything() })]);
  });

  it.each(timed)('The timeout of %s is longer than that of its handler', (_name, task) => {
    const { FunctionName } = task['Arguments'] as { FunctionName?: string };
    const name = FunctionName?.split(':').at(-1);
    const handlers = Object.values(synthesized.Resources).filter(
      ({ Type }) => Type === 'AWS::Lambda::Function',
    );
    const handler = handlers.find(({ Properties }) => Properties['FunctionName'] === name);
    expect(task.TimeoutSeconds).toBeGreaterThan((handler?.Properties['Timeout'] as number | undefined) ?? 0);
  });

  const telling = tasks.filter(
    ([name]) =>
      !['EmitQueued', 'EmitBuilding', 'RecordBuilding', 'WaitForBuild', 'StopCanceled'].includes(name),
  );

  it.each(telling)('The catch of %s assigns strings', (name, task) => {
    const last = task.Catch?.at(-1);
    expect(last?.ErrorEquals).toEqual(['States.ALL']);
    expect(last?.['Assign']).toEqual({
      caught: {
        state: name,
        error: expect.stringContaining('$exists($states.errorOutput.Error)'),
        cause: expect.stringContaining('$exists($states.errorOutput.Cause)'),
      },
    });
  });

  it.each(['PrepareRun', 'StartBuild', 'CollectOutcome'])(
    '%s retries server errors of S3, DynamoDB and CodeBuild',
    (name) => {
      expect(state(name).Retry?.[1]?.ErrorEquals).toEqual(
        expect.arrayContaining([
          'InternalError',
          'InternalFailure',
          'InternalServerError',
          'ServiceUnavailable',
          'ServiceUnavailableException',
          'RequestTimeout',
          'SlowDown',
        ]),
      );
    },
  );

  it.each(['PrepareRun', 'StartBuild', 'CollectOutcome'])('%s retries a throttled Lambda call', (name) => {
    expect(state(name).Retry?.[1]?.ErrorEquals).toEqual(
      expect.arrayContaining([
        'Lambda.TooManyRequestsException',
        'Lambda.ServiceException',
        'Lambda.AWSLambdaException',
        'Lambda.SdkClientException',
        'Lambda.ClientExecutionTimeoutException',
      ]),
    );
  });

  it.each(['EmitOutcome', 'StopCanceled'])('%s retries every error often', (name) => {
    expect(state(name).Retry).toEqual([
      { ...backoff, ErrorEquals: ['States.ALL'], IntervalSeconds: 2, MaxAttempts: 8 },
    ]);
  });

  it.each(['RecordQueued', 'RecordBuilding', 'RecordOutcome', 'RecordAnnounced'])(
    '%s retries a throttled write with either spelling of the service',
    (name) => {
      expect(state(name).Retry?.[1]?.ErrorEquals).toEqual(
        expect.arrayContaining([
          'DynamoDB.ProvisionedThroughputExceededException',
          'DynamoDb.ProvisionedThroughputExceededException',
        ]),
      );
    },
  );
});

const synthesized = synthesizedTemplate();

describe('catches', () => {
  it.each(['PrepareRun', 'RecordQueued', 'StartBuild'])('A failure of %s leads to CollectOutcome', (name) => {
    expect(catchesOf(name)['States.ALL']).toBe('CollectOutcome');
  });

  it('A failure of CollectOutcome leads to AssumeFailure', () => {
    expect(catchesOf('CollectOutcome')).toEqual({
      BuildNotEnded: 'WaitForBuild',
      'States.ALL': 'AssumeFailure',
    });
  });

  it('Missing capacity waits until the queue deadline', () => {
    expect(catchesOf('StartBuild')[CAPACITY_UNAVAILABLE]).toBe('HasQueueTimeLeft');
    expect(state('HasQueueTimeLeft')).toMatchObject({
      Choices: [
        { Condition: '{% $millis() < $toMillis($prepared.queueDeadline) %}', Next: 'WaitForCapacity' },
      ],
      Default: 'CollectOutcome',
    });
  });

  it('WaitForCapacity clears the caught error', () => {
    expect(state('WaitForCapacity').Assign).toEqual({ caught: '{% null %}' });
  });

  it.each([
    ['RecordQueued', 'RunIdTaken'],
    ['RecordOutcome', 'RunSuperseded'],
  ])('A failed condition of %s ends in %s with either spelling of the service', (name, end) => {
    expect(catchesOf(name)).toMatchObject({
      'DynamoDB.ConditionalCheckFailedException': end,
      'DynamoDb.ConditionalCheckFailedException': end,
    });
  });

  it('A failure after RecordOutcome does not change the end of the run', () => {
    expect(catchesOf('RecordOutcome')['States.ALL']).toBe('RunUnrecorded');
    expect(catchesOf('EmitOutcome')).toEqual({ 'States.ALL': 'DidRunSucceed' });
    expect(catchesOf('RecordAnnounced')).toEqual({ 'States.ALL': 'DidRunSucceed' });
  });
});

describe('end states', () => {
  it('The end states give the outcome as output, or its code and cause', () => {
    expect(state('RunSucceeded')['Output']).toBe('{% $outcome.output %}');
    expect(state('RunFailed')).toEqual({
      Type: 'Fail',
      Error: '{% $outcome.error %}',
      Cause: '{% $outcome.cause %}',
    });
  });

  it.each(['RunIdTaken', 'RunSuperseded', 'RunUnrecorded'])('The end state %s has a failure code', (name) => {
    expect(isFailureCode(state(name)['Error'] as string)).toBe(true);
  });
});

describe('RunMachine', () => {
  it('The state machine traces, logs every step, and keeps execution data out of the log', () => {
    const machine = Object.values(synthesized.Resources).find(
      ({ Type }) => Type === 'AWS::StepFunctions::StateMachine',
    );
    expect(machine?.Properties).toMatchObject({
      StateMachineName: 'codeseeder-demo',
      StateMachineType: 'STANDARD',
      TracingConfiguration: { Enabled: true },
      LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false },
    });
  });
});
