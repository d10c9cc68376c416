import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { Alarm, IAlarmAction, Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus, Rule } from 'aws-cdk-lib/aws-events';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';

import { OBJECT_EXPIRATION_DAYS, RECORD_EXPIRATION_DAYS, type AllowList } from '../contract/index.js';
import type { HandlerSetting } from './handler.js';
import { RunAlarms } from './run-alarms.js';
import { RunBus } from './run-bus.js';
import { RunDashboard } from './run-dashboard.js';
import { RunHandlers } from './run-handlers.js';
import { RunMachine } from './run-machine.js';
import { RunMetrics } from './run-metrics.js';
import { RunRules } from './run-rules.js';
import { RunSchedule, type ScheduleOptions } from './run-schedule.js';
import { RunTable } from './run-table.js';

/** Queue and build at their longest, 8 h and 36 h, and an hour for everything around them. */
const MACHINE_TIMEOUT = Duration.hours(45);

export interface ControlPlaneProps extends HandlerSetting {
  /** Bucket of bundles, inputs and outputs. */
  readonly bucket: Bucket;
  /** Name of the CodeBuild project that runs are built in. */
  readonly project: string;
  /** What requests may name beyond the seedkit's own. @default nothing */
  readonly allow?: Partial<AllowList>;
  /** How long a run's record is kept. @default 365 days */
  readonly recordExpiration?: Duration;
  /** How long the bucket keeps a bundle: half of it old, a bundle in use is refreshed. @default 30 days */
  readonly bundleExpiration?: Duration;
  /** Whether the project's variables name secrets with credentials of registries or mirrors. @default false */
  readonly hasRegistryCredentials?: boolean;
  /** Whether the seedkit has a CodeArtifact repository, which builds log in to. @default false */
  readonly hasPackages?: boolean;
  /** How long one execution may take. @default 45 hours */
  readonly executionTimeout?: Duration;
  /** Whether deleting the run table is refused. @default false */
  readonly deletionProtection?: boolean;
  /** What becomes of the run table with the stack. @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE */
  readonly dataRemovalPolicy?: RemovalPolicy;
  /** What the alarms do, such as telling an SNS topic. @default they only show */
  readonly alarmActions?: readonly IAlarmAction[];
  /** Whether there is a CloudWatch dashboard, about 3 USD a month. @default true */
  readonly dashboard?: boolean;
}

/**
 * Drives, records and announces runs: state machine, handlers, run table, bus, rules, alarms and dashboard.
 */
export class ControlPlane extends Construct {
  readonly stateMachine: IStateMachine;
  readonly table: Table;
  readonly bus: EventBus;
  /** Events that could not be delivered or handled. */
  readonly deadLetters: IQueue;
  /** Runs failed, the control plane failed, something could not be delivered, nothing looks after runs. */
  readonly alarms: readonly Alarm[];
  private readonly seedkit: string;
  private readonly metrics: RunMetrics;
  private readonly startRun: LambdaFunction;

  constructor(scope: Construct, id: string, props: ControlPlaneProps) {
    super(scope, id);
    const { seedkit, encryptionKey } = props;
    this.table = new RunTable(this, 'Runs', {
      seedkit,
      encryptionKey,
      deletionProtection: props.deletionProtection ?? false,
      removalPolicy: props.dataRemovalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    }).table;
    const { bus, deadLetters } = new RunBus(this, 'Events', { seedkit, encryptionKey });
    this.bus = bus;
    this.deadLetters = deadLetters;

    const recordExpirationDays = daysOf(props.recordExpiration, RECORD_EXPIRATION_DAYS);
    const handlers = new RunHandlers(this, 'Handlers', {
      setting: props,
      bucket: props.bucket,
      table: this.table,
      bus,
      project: props.project,
      allow: props.allow ?? {},
      recordExpirationDays,
      bundleExpirationDays: daysOf(props.bundleExpiration, OBJECT_EXPIRATION_DAYS),
      hasRegistryCredentials: props.hasRegistryCredentials ?? false,
      hasPackages: props.hasPackages ?? false,
    });
    this.stateMachine = new RunMachine(this, 'Machine', {
      seedkit,
      encryptionKey,
      logRetention: props.logRetention,
      recordExpirationDays,
      timeout: props.executionTimeout ?? MACHINE_TIMEOUT,
      table: this.table,
      bus,
      handlers,
    }).stateMachine;
    this.metrics = new RunMetrics(this.stateMachine, deadLetters, props.project);
    this.alarms = this.watch(props, handlers);
    if (props.dashboard !== false) this.show(seedkit, handlers);
    this.seedkit = seedkit;
    this.startRun = handlers.startRun;
  }

  /**
   * Starts a run at each time of a schedule, under the id `<id>-<YYYYMMDDTHHMMSSZ>`.
   *
   * @param id the schedule's name: letters, digits, underscores and hyphens
   * @throws CodeseederError `InvalidRequest` for a name or request that is not valid, or too long for a rule
   */
  addSchedule(id: string, options: ScheduleOptions): Rule {
    const { seedkit, startRun, deadLetters } = this;
    const props = { ...options, seedkit, name: id, startRun, deadLetters };
    return new RunSchedule(this, `Schedule-${id}`, props).rule;
  }

  /** Rules and alarms. */
  private watch(
    { seedkit, encryptionKey, bucket, alarmActions }: ControlPlaneProps,
    handlers: RunHandlers,
  ): readonly Alarm[] {
    const { bus, deadLetters, stateMachine } = this;
    const { startRun, pollBuild, collectOutcome, reconcileRun } = handlers;
    new RunRules(this, 'Rules', {
      seedkit,
      encryptionKey,
      bus,
      bucket,
      deadLetters,
      stateMachineArn: stateMachine.stateMachineArn,
      startRun,
      reconcileRun,
    });
    return new RunAlarms(this, 'Alarms', {
      seedkit,
      metrics: this.metrics,
      sweeper: reconcileRun,
      infallibleHandlers: [startRun, pollBuild, collectOutcome, reconcileRun],
      actions: alarmActions ?? [],
    }).alarms;
  }

  private show(seedkit: string, handlers: RunHandlers): void {
    const { metrics, alarms } = this;
    const { startRun, prepareRun, startBuild, pollBuild, collectOutcome, reconcileRun } = handlers;
    new RunDashboard(this, 'Overview', {
      seedkit,
      metrics,
      alarms,
      handlers: {
        'start-run': startRun,
        'prepare-run': prepareRun,
        'start-build': startBuild,
        'poll-build': pollBuild,
        'collect-outcome': collectOutcome,
        'reconcile-run': reconcileRun,
      },
    });
  }

  /** Runs that failed or ran out of time, for whatever reason. */
  metricRunsFailed(options?: MetricOptions): Metric {
    return this.metrics.failed(options);
  }

  metricRunsSucceeded(options?: MetricOptions): Metric {
    return this.metrics.succeeded(options);
  }

  metricRunsStarted(options?: MetricOptions): Metric {
    return this.metrics.started(options);
  }

  /** Runs that somebody stopped. */
  metricRunsCanceled(options?: MetricOptions): Metric {
    return this.metrics.canceled(options);
  }

  /** How long runs take from submission to their end, in milliseconds. */
  metricRunTime(options?: MetricOptions): Metric {
    return this.metrics.runTime(options);
  }

  /** How long builds of the seedkit's own project wait for capacity, in seconds. */
  metricQueueTime(options?: MetricOptions): Metric {
    return this.metrics.queueTime(options);
  }

  /** Events that could not be delivered or handled, and still lie in the queue. */
  metricDeadLetters(options?: MetricOptions): Metric {
    return this.metrics.deadLetters(options);
  }
}

function daysOf(expiration: Duration | undefined, defaultDays: number): number {
  return expiration?.toDays() ?? defaultDays;
}
