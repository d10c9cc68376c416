import { Rule, RuleTargetInput, type RuleTargetInputProperties, type Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

import {
  CodeseederError,
  CONTRACT_VERSION,
  parseScheduledRun,
  seedkitNames,
  type RequestedRun,
  type ScheduledRun,
} from '../contract/index.js';
import { DELIVERY } from './event-delivery.js';

/** @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_InputTransformer.html */
const INPUT_TEMPLATE_MAX_CHARACTERS = 8192;

/** @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html */
const RULE_NAME_MAX_CHARACTERS = 64;

/** The run that a schedule requests: the detail of a `Run Requested` event without version, run id and seedkit. */
export type ScheduledRequest = Omit<RequestedRun, 'version' | 'runId' | 'seedkit'>;

/** Options of a schedule. */
export interface ScheduleOptions {
  /** Times of the runs, in UTC, such as `Schedule.cron({ hour: '2', minute: '0' })`. */
  readonly schedule: Schedule;
  /** Request of each run: its invocation, build options and labels. */
  readonly request: ScheduledRequest;
  /**
   * Whether the schedule starts runs.
   * @default true
   */
  readonly enabled?: boolean | undefined;
}

/** Properties of a {@link RunSchedule}. */
export interface RunScheduleProps extends ScheduleOptions {
  readonly seedkit: string;
  /** Name of the schedule. The ids of its runs start with it. */
  readonly name: string;
  readonly startRun: LambdaFunction;
  readonly deadLetters: IQueue;
}

/** Starts a run at each time of a schedule. */
export class RunSchedule extends Construct {
  readonly rule: Rule;

  /**
   * @throws CodeseederError `InvalidRequest` for a name or request that is too long or that `start-run` would refuse
   */
  constructor(scope: Construct, id: string, props: RunScheduleProps) {
    super(scope, id);
    const target = new LambdaTarget(props.startRun, {
      deadLetterQueue: props.deadLetters,
      event: new ScheduledInput(scheduledRun(props)),
      ...DELIVERY,
    });
    this.rule = new Rule(this, 'Rule', {
      ruleName: ruleName(props),
      description: `Starts the runs ${props.name}-<time>-<digits> of the seedkit ${props.seedkit}`,
      schedule: props.schedule,
      enabled: props.enabled ?? true,
      targets: [target],
    });
  }
}

/** Parses the request with a sample event. A request that `start-run` would refuse is then reported at synthesis. */
function scheduledRun({ name, request }: RunScheduleProps): ScheduledRun {
  const run = {
    schedule: name,
    id: 'sample',
    time: new Date(0).toISOString(),
    request: { version: CONTRACT_VERSION, ...request },
  };
  return parseScheduledRun(run, `schedule ${JSON.stringify(name)}`);
}

function ruleName({ seedkit, name }: RunScheduleProps): string {
  const prefix = `${seedkitNames.prefix(seedkit)}-schedule-`;
  if (prefix.length + name.length > RULE_NAME_MAX_CHARACTERS) {
    const maxCharacters = RULE_NAME_MAX_CHARACTERS - prefix.length;
    throw new CodeseederError(
      'InvalidRequest',
      `The schedule name ${JSON.stringify(name)} is too long: for the seedkit ${seedkit} it has at most ${maxCharacters} characters, because a rule's name has at most ${RULE_NAME_MAX_CHARACTERS}.`,
    );
  }
  return `${prefix}${name}`;
}

/** The payload of `start-run`. EventBridge fills in the event's id and the scheduled time. */
class ScheduledInput extends RuleTargetInput {
  private readonly run: ScheduledRun;

  constructor(run: ScheduledRun) {
    super();
    this.run = run;
  }

  bind(): RuleTargetInputProperties {
    const { schedule, request } = this.run;
    const inputTemplate = `{"schedule":${literal(schedule)},"id":<id>,"time":<time>,"request":${literal(request)}}`;
    if (inputTemplate.length > INPUT_TEMPLATE_MAX_CHARACTERS) {
      throw new CodeseederError(
        'InvalidRequest',
        `The request of the schedule ${schedule} has ${inputTemplate.length} characters with its template, and EventBridge accepts at most ${INPUT_TEMPLATE_MAX_CHARACTERS}. Put the invocation into the bucket and name its key as inputKey.`,
      );
    }
    return { inputPathsMap: { id: '$.id', time: '$.time' }, inputTemplate };
  }
}

/**
 * Returns JSON without `<` and `>`. In a command such as `cat < file`, EventBridge would read these as a placeholder.
 */
function literal(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c').replaceAll('>', '\\u003e');
}
