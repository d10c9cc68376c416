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

/** What a schedule asks for: a `Run Requested` event's detail, without what the schedule itself says. */
export type ScheduledRequest = Omit<RequestedRun, 'version' | 'runId' | 'seedkit'>;

export interface ScheduleOptions {
  /** When, such as `Schedule.cron({ hour: '2', minute: '0' })`, in UTC. */
  readonly schedule: Schedule;
  /** What is run each time. */
  readonly request: ScheduledRequest;
  /** Whether it fires. @default true */
  readonly enabled?: boolean;
}

export interface RunScheduleProps extends ScheduleOptions {
  readonly seedkit: string;
  /** The schedule's name, the first part of its runs' ids. */
  readonly name: string;
  readonly startRun: LambdaFunction;
  readonly deadLetters: IQueue;
}

/** Starts a run at each time of a schedule. */
export class RunSchedule extends Construct {
  readonly rule: Rule;

  /** @throws CodeseederError `InvalidRequest` for a name or request that `start-run` would refuse, or that is too long */
  constructor(scope: Construct, id: string, props: RunScheduleProps) {
    super(scope, id);
    const target = new LambdaTarget(props.startRun, {
      deadLetterQueue: props.deadLetters,
      event: new ScheduledInput(scheduledRun(props)),
      ...DELIVERY,
    });
    this.rule = new Rule(this, 'Rule', {
      ruleName: ruleName(props),
      description: `Starts the runs ${props.name}-<time> of the seedkit ${props.seedkit}`,
      schedule: props.schedule,
      enabled: props.enabled ?? true,
      targets: [target],
    });
  }
}

/** The run of the first second there is, to see now what `start-run` would refuse every time. */
function scheduledRun({ name, request }: RunScheduleProps): ScheduledRun {
  const run = {
    schedule: name,
    time: new Date(0).toISOString(),
    request: { version: CONTRACT_VERSION, ...request },
  };
  return parseScheduledRun(run, `schedule ${JSON.stringify(name)}`);
}

function ruleName({ seedkit, name }: RunScheduleProps): string {
  const prefix = `${seedkitNames.prefix(seedkit)}-schedule-`;
  if (prefix.length + name.length > RULE_NAME_MAX_CHARACTERS) {
    const most = RULE_NAME_MAX_CHARACTERS - prefix.length;
    throw new CodeseederError(
      'InvalidRequest',
      `The schedule name ${JSON.stringify(name)} is too long: the seedkit ${seedkit} leaves ${most} characters of a rule's name.`,
    );
  }
  return `${prefix}${name}`;
}

/** The payload of `start-run`, the time put in by EventBridge. */
class ScheduledInput extends RuleTargetInput {
  private readonly run: ScheduledRun;

  constructor(run: ScheduledRun) {
    super();
    this.run = run;
  }

  bind(): RuleTargetInputProperties {
    const { schedule, request } = this.run;
    const inputTemplate = `{"schedule":${literal(schedule)},"time":<time>,"request":${literal(request)}}`;
    if (inputTemplate.length > INPUT_TEMPLATE_MAX_CHARACTERS) {
      throw new CodeseederError(
        'InvalidRequest',
        `The request of the schedule ${schedule} makes ${inputTemplate.length} characters, at most ${INPUT_TEMPLATE_MAX_CHARACTERS}: put its invocation into the bucket and name it by inputKey.`,
      );
    }
    return { inputPathsMap: { time: '$.time' }, inputTemplate };
  }
}

/** JSON in which EventBridge finds nothing to fill in: a command may well say `< file >`. */
function literal(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c').replaceAll('>', '\\u003e');
}
