import { Aws } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  type CfnDashboard,
  Dashboard,
  GraphWidget,
  type IAlarm,
  type IMetric,
  type IWidget,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

import { seedkitNames } from '../contract/index.js';
import type { RunMetrics } from './run-metrics.js';

/** Width of a widget in columns: a third of the dashboard's 24. */
const THIRD = 8;

/** Properties of {@link RunDashboard}. */
export interface RunDashboardProps {
  readonly seedkit: string;
  readonly metrics: RunMetrics;
  readonly alarms: readonly IAlarm[];
  /** Handlers by name. */
  readonly handlers: Readonly<Record<string, IFunction>>;
}

/**
 * A dashboard of alarms, runs by status, durations, builds, handlers and dead letters.
 *
 * @see https://aws.amazon.com/cloudwatch/pricing/ about 3 USD a month each beyond an account's first three
 */
export class RunDashboard extends Construct {
  constructor(scope: Construct, id: string, props: RunDashboardProps) {
    super(scope, id);
    const dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName: seedkitNames.dashboard(props.seedkit, Aws.REGION),
      widgets: [[...headOf(props)], runsOf(props.metrics), buildsOf(props.metrics), handlersOf(props)],
    });
    // A dozen regions do not support tags of dashboards.
    (dashboard.node.defaultChild as CfnDashboard).addPropertyDeletionOverride('Tags');
  }
}

function headOf({ seedkit, alarms }: RunDashboardProps): IWidget[] {
  return [
    new TextWidget({
      width: THIRD,
      height: 4,
      markdown: [
        `## Seedkit ${seedkit}`,
        `\`codeseeder runs list --seedkit ${seedkit}\` shows the latest runs with their failure codes.`,
        'A run that ran out of time counts as failed here; its record says TIMED_OUT.',
      ].join('\n\n'),
    }),
    new AlarmStatusWidget({ title: 'Alarms', width: 2 * THIRD, height: 4, alarms: [...alarms] }),
  ];
}

function runsOf(metrics: RunMetrics): IWidget[] {
  return [
    graph('Runs', [
      metrics.started({ label: 'Started' }),
      metrics.succeeded({ label: 'Succeeded' }),
      metrics.failed({ label: 'Failed' }),
      metrics.timedOut({ label: 'Timed out in the state machine' }),
      metrics.canceled({ label: 'Canceled' }),
    ]),
    graph('Runs queued or building', [metrics.open()]),
    graph('Time of runs (ms)', [
      metrics.runTime({ statistic: 'Average', label: 'Average' }),
      metrics.runTime({ statistic: 'p90', label: 'p90' }),
      metrics.runTime({ statistic: 'Maximum', label: 'Longest' }),
    ]),
  ];
}

function buildsOf(metrics: RunMetrics): IWidget[] {
  return [
    graph('Builds started', [metrics.buildsStarted({ label: 'Started' })]),
    graph('Time of builds in the queue (s)', [
      metrics.queueTime({ statistic: 'Average', label: 'Average' }),
      metrics.queueTime({ statistic: 'Maximum', label: 'Longest' }),
    ]),
    graph('Time of builds (s)', [
      metrics.buildTime({ statistic: 'Average', label: 'Average' }),
      metrics.buildTime({ statistic: 'Maximum', label: 'Longest' }),
    ]),
  ];
}

function handlersOf({ handlers, metrics }: RunDashboardProps): IWidget[] {
  const ofEach = (metric: (handler: IFunction, label: string) => IMetric) =>
    Object.entries(handlers).map(([name, handler]) => metric(handler, name));
  return [
    graph('Errors and throttles of handlers', [
      ...ofEach((handler, label) => handler.metricErrors({ label })),
      ...ofEach((handler, name) => handler.metricThrottles({ label: `${name}, throttled` })),
    ]),
    graph(
      'Time of handlers (ms)',
      ofEach((handler, label) => handler.metricDuration({ label, statistic: 'p90' })),
    ),
    graph(
      'Dead letters',
      [
        metrics.deadLetters({ label: 'Not delivered' }),
        metrics.busDeadLetters({ label: 'Not decrypted' }),
      ].filter((metric) => metric !== undefined),
    ),
  ];
}

function graph(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left, width: THIRD, leftYAxis: { min: 0 } });
}
