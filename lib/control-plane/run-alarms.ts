import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  MathExpression,
  TreatMissingData,
  type IAlarmAction,
  type IMetric,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';

import { seedkitNames } from '../contract/index.js';

export interface RunAlarmsProps {
  readonly seedkit: string;
  readonly stateMachine: IStateMachine;
  /** Handlers whose errors are always the control plane's: none of them refuses a request by throwing. */
  readonly infallibleHandlers: readonly IFunction[];
  readonly deadLetters: IQueue;
  readonly actions: readonly IAlarmAction[];
}

/**
 * Three alarms: runs failed (a run's own failures count too, they are what most owners want to hear of), the
 * control plane itself failed, and something could not be delivered.
 */
export class RunAlarms extends Construct {
  readonly alarms: readonly Alarm[];

  constructor(scope: Construct, id: string, props: RunAlarmsProps) {
    super(scope, id);
    const prefix = seedkitNames.prefix(props.seedkit);
    const failedRuns = this.alarm('FailedRuns', props, `${prefix}-failed-runs`, {
      description:
        'Executions failed or timed out. `codeseeder runs list` shows which, and each its failure code.',
      metric: sumOf({
        failed: props.stateMachine.metricFailed({ statistic: 'Sum' }),
        timedOut: props.stateMachine.metricTimedOut({ statistic: 'Sum' }),
      }),
    });
    const controlPlaneErrors = this.alarm('ControlPlaneErrors', props, `${prefix}-control-plane-errors`, {
      description: 'Handlers failed that only fail by their own fault. Their log groups say why.',
      metric: sumOf(
        Object.fromEntries(
          props.infallibleHandlers.map((handler, index) => [`errors${index}`, handler.metricErrors()]),
        ),
      ),
    });
    const deadLetters = this.alarm('DeadLettersVisible', props, `${prefix}-dead-letters`, {
      description: 'Events could not be delivered. The messages say which rule, target and error.',
      metric: props.deadLetters.metricApproximateNumberOfMessagesVisible({
        period: Duration.minutes(5),
        statistic: 'Maximum',
      }),
    });
    this.alarms = [failedRuns, controlPlaneErrors, deadLetters];
  }

  private alarm(
    id: string,
    props: RunAlarmsProps,
    alarmName: string,
    { metric, description }: { metric: IMetric; description: string },
  ): Alarm {
    const alarm = new Alarm(this, id, {
      alarmName,
      alarmDescription: description,
      metric,
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(...props.actions);
    return alarm;
  }
}

function sumOf(metrics: Record<string, IMetric>): MathExpression {
  return new MathExpression({
    expression: Object.keys(metrics)
      .map((name) => `FILL(${name}, 0)`)
      .join(' + '),
    usingMetrics: metrics,
    period: Duration.minutes(5),
  });
}
