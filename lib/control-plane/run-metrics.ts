import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';

const SUM: MetricOptions = { statistic: 'Sum', period: Duration.minutes(5) };

/** Properties of {@link RunMetrics}. */
export interface RunMetricsProps {
  readonly stateMachine: IStateMachine;
  readonly deadLetters: IQueue;
  /** Dead-letter queue of the bus itself, if it has one. */
  readonly busDeadLetters?: IQueue | undefined;
  /** The seedkit's own project. Builds of allowed projects are not counted. */
  readonly project: string;
  /** Group of the schedules of published targets. */
  readonly scheduleGroup: string;
}

/**
 * AWS's own metrics of a seedkit's runs. A run that fails or times out is a failed execution, and a canceled run is an
 * aborted execution. Only an execution that exceeds the machine's own timeout is a timed-out execution.
 */
export class RunMetrics {
  private readonly stateMachine: IStateMachine;
  private readonly deadLetterQueue: IQueue;
  private readonly busDeadLetterQueue: IQueue | undefined;
  private readonly project: string;
  private readonly scheduleGroup: string;

  constructor({ stateMachine, deadLetters, busDeadLetters, project, scheduleGroup }: RunMetricsProps) {
    this.stateMachine = stateMachine;
    this.deadLetterQueue = deadLetters;
    this.busDeadLetterQueue = busDeadLetters;
    this.project = project;
    this.scheduleGroup = scheduleGroup;
  }

  started(options?: MetricOptions): Metric {
    return this.stateMachine.metricStarted({ ...SUM, ...options });
  }

  succeeded(options?: MetricOptions): Metric {
    return this.stateMachine.metricSucceeded({ ...SUM, ...options });
  }

  failed(options?: MetricOptions): Metric {
    return this.stateMachine.metricFailed({ ...SUM, ...options });
  }

  timedOut(options?: MetricOptions): Metric {
    return this.stateMachine.metricTimedOut({ ...SUM, ...options });
  }

  canceled(options?: MetricOptions): Metric {
    return this.stateMachine.metricAborted({ ...SUM, ...options });
  }

  /**
   * Starts of targets that EventBridge Scheduler gave up after its retries.
   * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/monitoring-cloudwatch.html
   */
  droppedStarts(options?: MetricOptions): Metric {
    return new Metric({
      namespace: 'AWS/Scheduler',
      metricName: 'InvocationDroppedCount',
      dimensionsMap: { ScheduleGroup: this.scheduleGroup },
      ...SUM,
      ...options,
    });
  }

  /** Durations of runs in milliseconds. */
  runTime(options?: MetricOptions): Metric {
    return this.stateMachine.metricTime(options);
  }

  /** Time that builds wait for capacity, in seconds. */
  queueTime(options?: MetricOptions): Metric {
    return this.ofProject('QueuedDuration', options);
  }

  /** Durations of builds in seconds. */
  buildTime(options?: MetricOptions): Metric {
    return this.ofProject('Duration', options);
  }

  buildsStarted(options?: MetricOptions): Metric {
    return this.ofProject('Builds', { ...SUM, ...options });
  }

  deadLetters(options?: MetricOptions): Metric {
    return waitingIn(this.deadLetterQueue, options);
  }

  /** Events that the bus could not encrypt or decrypt; undefined if the bus has no dead-letter queue. */
  busDeadLetters(options?: MetricOptions): Metric | undefined {
    return this.busDeadLetterQueue && waitingIn(this.busDeadLetterQueue, options);
  }

  /**
   * Returns the number of queued and building runs, relative to the start of the graph. AWS has metrics of starts and
   * ends only.
   */
  open(): MathExpression {
    const ends = {
      succeeded: this.succeeded(),
      failed: this.failed(),
      timedOut: this.timedOut(),
      canceled: this.canceled(),
    };
    const ended = Object.keys(ends).map((name) => `FILL(${name}, 0)`);
    return new MathExpression({
      expression: `RUNNING_SUM(FILL(started, 0) - ${ended.join(' - ')})`,
      usingMetrics: { started: this.started(), ...ends },
      label: 'Open, relative to the start of the graph',
      period: Duration.minutes(5),
    });
  }

  /** @see https://docs.aws.amazon.com/codebuild/latest/userguide/monitoring-metrics.html */
  private ofProject(metricName: string, options: MetricOptions = {}): Metric {
    return new Metric({
      namespace: 'AWS/CodeBuild',
      metricName,
      dimensionsMap: { ProjectName: this.project },
      period: Duration.minutes(5),
      ...options,
    });
  }
}

function waitingIn(queue: IQueue, options: MetricOptions | undefined): Metric {
  return queue.metricApproximateNumberOfMessagesVisible({
    period: Duration.minutes(5),
    statistic: 'Maximum',
    ...options,
  });
}
