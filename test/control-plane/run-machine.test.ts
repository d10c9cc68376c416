import { describe, expect, it } from '@jest/globals';
import validate from 'asl-validator';

import { CAPACITY_UNAVAILABLE, FAILURES, isFailureCode } from '../../lib/contract/index.js';
import { synthesizedTemplate } from '../seedkit/synthesized-template.js';
import { catchesOf, nextOf, state, synthesizedDefinition } from './synthesized-definition.js';

const definition = synthesizedDefinition();
const states = Object.entries(definition.States);
const tasks = states.filter(([, { Type }]) => Type === 'Task');

describe('the definition of the state machine', () => {
  it('is valid in the states language', () => {
    // A definition of its own: the validator changes what it is given.
    const { isValid, errors } = validate(synthesizedDefinition());
    expect({ isValid, errors }).toEqual({ isValid: true, errors: [] });
  });

  it('speaks JSONata and ends after 45 hours', () => {
    expect(definition).toMatchObject({ QueryLanguage: 'JSONata', TimeoutSeconds: 45 * 3600 });
  });

  it('has the states that the design names', () => {
    expect(states.map(([name]) => name).sort()).toEqual(
      [
        'InitializeRun',
        'PrepareRun',
        'RecordQueued',
        'EmitQueued',
        'StartBuild',
        'HasQueueTimeLeft',
        'WaitForCapacity',
        'RecordBuilding',
        'EmitBuilding',
        'WaitForBuild',
        'PollBuild',
        'IsBuildDone',
        'CollectOutcome',
        'AssumeFailure',
        'RecordOutcome',
        'EmitOutcome',
        'RecordAnnounced',
        'DidRunSucceed',
        'RunSucceeded',
        'RunFailed',
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
    ['WaitForBuild', 'PollBuild'],
    ['PollBuild', 'IsBuildDone'],
    ['CollectOutcome', 'RecordOutcome'],
    ['AssumeFailure', 'RecordOutcome'],
    ['RecordOutcome', 'EmitOutcome'],
    ['EmitOutcome', 'RecordAnnounced'],
    ['RecordAnnounced', 'DidRunSucceed'],
    ['WaitForCapacity', 'StartBuild'],
  ])('goes from %s to %s', (from, to) => {
    expect(state(from).Next).toBe(to);
  });

  it('looks at the build again until it is done', () => {
    expect(state('IsBuildDone')).toMatchObject({
      Choices: [{ Condition: '{% $polled.done %}', Next: 'CollectOutcome' }],
      Default: 'WaitForBuild',
    });
    expect(state('WaitForBuild')['Seconds']).toBe('{% $polled.waitSeconds %}');
  });

  it('reaches every state', () => {
    const reached = new Set([definition.StartAt]);
    for (const name of reached) for (const next of nextOf(state(name))) reached.add(next as string);
    expect([...reached].sort()).toEqual(states.map(([name]) => name).sort());
  });

  it('keeps only what StopExecution and the machine itself end from being the end of a run', () => {
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

/** All but what only callers see. */
const REFUSED_BY_HANDLERS = Object.entries(FAILURES)
  .filter(([, { seen }]) => seen !== 'caller')
  .map(([code]) => code);

describe('every task', () => {
  const backoff = { JitterStrategy: 'FULL', MaxDelaySeconds: 60, BackoffRate: 2 };
  const refusing = tasks.filter(([name]) => !name.startsWith('Emit'));

  it.each(tasks)('%s has a timeout', (_name, task) => {
    expect(task.TimeoutSeconds).toBeGreaterThan(0);
  });

  it.each(refusing)(
    '%s repeats what is transient often, what nobody foresaw seldom, with jitter',
    (_name, task) => {
      expect(task.Retry?.slice(1)).toEqual([
        {
          ...backoff,
          ErrorEquals: expect.arrayContaining(['States.Timeout']),
          IntervalSeconds: 2,
          MaxAttempts: 8,
        },
        { ...backoff, ErrorEquals: ['States.ALL'], IntervalSeconds: 2, MaxAttempts: 3 },
      ]);
    },
  );

  it.each(refusing)('%s is not repeated when it is refused', (name, task) => {
    const [first, ...others] = task.Retry ?? [];
    expect(first?.['MaxAttempts']).toBe(0);
    const refusals = name.startsWith('Record')
      ? ['DynamoDB.ConditionalCheckFailedException', 'DynamoDb.ConditionalCheckFailedException']
      : [...REFUSED_BY_HANDLERS, CAPACITY_UNAVAILABLE];
    expect(first?.ErrorEquals).toEqual(refusals);
    const repeated = others.flatMap(({ ErrorEquals }) => ErrorEquals);
    expect(repeated.filter((error) => refusals.includes(error))).toEqual([]);
  });

  it.each(['EmitQueued', 'EmitBuilding'])('%s holds nobody up: the run goes on without its news', (name) => {
    expect(state(name).Retry).toEqual([
      { ...backoff, ErrorEquals: ['States.ALL'], IntervalSeconds: 2, MaxAttempts: 3 },
    ]);
    expect(catchesOf(name)).toEqual({ 'States.ALL': state(name).Next });
    expect(state(name)['Catch']).toEqual([expect.not.objectContaining({ Assign: expect.anything() })]);
  });

  it.each(tasks)('%s lasts longer than the handler it calls', (_name, task) => {
    const { FunctionName } = task['Arguments'] as { FunctionName?: string };
    const name = FunctionName?.split(':').at(-1);
    const handlers = Object.values(synthesized.Resources).filter(
      ({ Type }) => Type === 'AWS::Lambda::Function',
    );
    const handler = handlers.find(({ Properties }) => Properties['FunctionName'] === name);
    expect(task.TimeoutSeconds).toBeGreaterThan((handler?.Properties['Timeout'] as number | undefined) ?? 0);
  });

  const telling = tasks.filter(([name]) => !['EmitQueued', 'EmitBuilding'].includes(name));

  it.each(telling)('%s says as strings what it failed with', (name, task) => {
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

  it.each(['PrepareRun', 'StartBuild', 'PollBuild', 'CollectOutcome'])(
    '%s repeats what S3, DynamoDB and CodeBuild call a fault of their own',
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

  it.each(['PrepareRun', 'StartBuild', 'PollBuild', 'CollectOutcome'])(
    '%s repeats a throttled Lambda call',
    (name) => {
      expect(state(name).Retry?.[1]?.ErrorEquals).toEqual(
        expect.arrayContaining([
          'Lambda.TooManyRequestsException',
          'Lambda.ServiceException',
          'Lambda.AWSLambdaException',
          'Lambda.SdkClientException',
          'Lambda.ClientExecutionTimeoutException',
        ]),
      );
    },
  );

  it('EmitOutcome repeats an event that was not taken often, whatever for', () => {
    expect(state('EmitOutcome').Retry).toEqual([
      { ...backoff, ErrorEquals: ['States.ALL'], IntervalSeconds: 2, MaxAttempts: 8 },
    ]);
  });

  it.each(['RecordQueued', 'RecordBuilding', 'RecordOutcome', 'RecordAnnounced'])(
    '%s repeats a throttled write under either spelling of the service',
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

describe('what is caught', () => {
  it.each(['PrepareRun', 'RecordQueued', 'StartBuild', 'RecordBuilding', 'PollBuild'])(
    'from %s goes on to the outcome',
    (name) => {
      expect(catchesOf(name)['States.ALL']).toBe('CollectOutcome');
    },
  );

  it('from CollectOutcome is assumed to be a failure', () => {
    expect(catchesOf('CollectOutcome')).toEqual({ 'States.ALL': 'AssumeFailure' });
  });

  it('as missing capacity waits while the queue deadline is ahead', () => {
    expect(catchesOf('StartBuild')[CAPACITY_UNAVAILABLE]).toBe('HasQueueTimeLeft');
    expect(state('HasQueueTimeLeft')).toMatchObject({
      Choices: [
        { Condition: '{% $millis() < $toMillis($prepared.queueDeadline) %}', Next: 'WaitForCapacity' },
      ],
      Default: 'CollectOutcome',
    });
  });

  it('as missing capacity is forgotten when a build is asked for again', () => {
    expect(state('WaitForCapacity').Assign).toEqual({ caught: '{% null %}' });
  });

  it.each([
    ['RecordQueued', 'RunIdTaken'],
    ['RecordOutcome', 'RunSuperseded'],
  ])('as a refused write of %s ends in %s under either spelling of the service', (name, end) => {
    expect(catchesOf(name)).toMatchObject({
      'DynamoDB.ConditionalCheckFailedException': end,
      'DynamoDb.ConditionalCheckFailedException': end,
    });
  });

  it('after the record never changes the end of the run', () => {
    expect(catchesOf('RecordOutcome')['States.ALL']).toBe('RunUnrecorded');
    expect(catchesOf('EmitOutcome')).toEqual({ 'States.ALL': 'DidRunSucceed' });
    expect(catchesOf('RecordAnnounced')).toEqual({ 'States.ALL': 'DidRunSucceed' });
  });
});

describe('the ends of a run', () => {
  it('give the outcome as output, or its code and cause', () => {
    expect(state('RunSucceeded')['Output']).toBe('{% $outcome.output %}');
    expect(state('RunFailed')).toEqual({
      Type: 'Fail',
      Error: '{% $outcome.error %}',
      Cause: '{% $outcome.cause %}',
    });
  });

  it.each(['RunIdTaken', 'RunSuperseded', 'RunUnrecorded'])('name a failure code in %s', (name) => {
    expect(isFailureCode(state(name)['Error'] as string)).toBe(true);
  });
});

describe('the machine', () => {
  it('traces, logs every step, and keeps execution data out of the log', () => {
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
