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
import { Construct } from 'constructs';

import { type SeedkitAlarm, seedkitNames } from '../contract/index.js';
import type { RunMetrics } from './run-metrics.js';

/** Properties of {@link RunAlarms}. */
export interface RunAlarmsProps {
  readonly seedkit: string;
  readonly metrics: RunMetrics;
  /** Handlers that do not throw to refuse a request, so each of their errors is a fault of the control plane. */
  readonly infallibleHandlers: readonly IFunction[];
  /** Handler of the sweep, which a rule calls every five minutes. */
  readonly sweeper: IFunction;
  readonly actions: readonly IAlarmAction[];
}

/**
 * Five alarms: runs failed (a failure of the run's own code counts, too), the control plane failed, events could not be
 * delivered, schedules could not start their targets, and the sweep did not run.
 */
export class RunAlarms extends Construct {
  readonly alarms: readonly Alarm[];

  constructor(scope: Construct, id: string, props: RunAlarmsProps) {
    super(scope, id);
    const nameOf = (alarm: SeedkitAlarm) => seedkitNames.alarm(props.seedkit, alarm);
    const failedRuns = this.alarm('FailedRuns', nameOf('failed-runs'), {
      description:
        'Executions failed or timed out. Canceled runs are not counted. `codeseeder runs list` shows the failure codes.',
      metric: sumOf({
        failed: props.metrics.failed(),
        timedOut: props.metrics.timedOut(),
      }),
    });
    const controlPlaneErrors = this.alarm('ControlPlaneErrors', nameOf('control-plane-errors'), {
      description:
        'Handlers of the control plane failed, and no request caused this. Their log groups have the errors.',
      metric: sumOf(
        Object.fromEntries(
          props.infallibleHandlers.map((handler, index) => [`errors${index}`, handler.metricErrors()]),
        ),
      ),
    });
    const deadLetters = this.alarm('DeadLettersVisible', nameOf('dead-letters'), {
      description:
        'Events could not be delivered or decrypted. The messages say which rule, target and error.',
      metric: waitingIn(props.metrics),
    });
    const droppedStarts = this.alarm('DroppedStarts', nameOf('dropped-starts'), {
      description:
        'Schedules could not call start-target, and EventBridge Scheduler has given up. Check the role of schedules and the limits of Lambda.',
      metric: props.metrics.droppedStarts(),
    });
    const sweepMissing = this.sweepMissing(props, nameOf('sweep-missing'));
    this.alarms = [failedRuns, controlPlaneErrors, deadLetters, droppedStarts, sweepMissing];
    for (const alarm of this.alarms) alarm.addAlarmAction(...props.actions);
  }

  /**
   * Returns the alarm for a sweep that does not run. Such a sweep has no data, so missing data is treated as breaching.
   * The alarm may therefore go off once after the first deployment.
   */
  private sweepMissing({ sweeper }: RunAlarmsProps, alarmName: string): Alarm {
    return new Alarm(this, 'SweepMissing', {
      alarmName,
      alarmDescription:
        'The sweep has not looked for lost runs for fifteen minutes. The rule that calls reconcile-run is off, or the calls are refused.',
      metric: sweeper.metricInvocations({ period: Duration.minutes(5), statistic: 'Sum' }),
      threshold: 1,
      evaluationPeriods: 3,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.BREACHING,
    });
  }

  private alarm(
    id: string,
    alarmName: string,
    { metric, description }: { metric: IMetric; description: string },
  ): Alarm {
    return new Alarm(this, id, {
      alarmName,
      alarmDescription: description,
      metric,
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}

function waitingIn(metrics: RunMetrics): IMetric {
  const [undelivered, undecrypted] = [metrics.deadLetters(), metrics.busDeadLetters()];
  return undecrypted === undefined ? undelivered : sumOf({ undelivered, undecrypted });
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
