import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { Alarm, IAlarmAction, Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus, Rule } from 'aws-cdk-lib/aws-events';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';

import { OBJECT_EXPIRATION_DAYS, RECORD_EXPIRATION_DAYS, type AllowList } from '../contract/index.js';
import type { HandlerSetting } from './handler.js';
import { LockTable } from './lock-table.js';
import { MapMachine } from './maps/map-machine.js';
import { RunAlarms } from './run-alarms.js';
import { RunBus } from './run-bus.js';
import { RunDashboard } from './run-dashboard.js';
import { RunHandlers } from './run-handlers.js';
import { RunMachine } from './run-machine.js';
import { RunMetrics } from './run-metrics.js';
import { mapMachineArn } from './resource-arns.js';
import { RunRules } from './run-rules.js';
import { RunSchedule, type ScheduleOptions } from './run-schedule.js';
import { RunTable } from './run-table.js';
import { TargetSchedules } from './target-schedules.js';
import {
  type MapStateChangeOptions,
  type RunStateChangeOptions,
  StateChangeRule,
  type StateChangeRuleProps,
} from './state-change-rule.js';

/** The longest wait for capacity (8 h), the longest build (36 h), and 1 h for the other states. */
const MACHINE_TIMEOUT = Duration.hours(45);

/** Properties of a {@link ControlPlane}. */
export interface ControlPlaneProps extends HandlerSetting {
  /** Bucket of bundles, inputs and outputs. */
  readonly bucket: Bucket;
  /** Name of the CodeBuild project that runs are built in. */
  readonly project: string;
  /**
   * Roles, projects, fleets, secrets and images that requests may name beyond the seedkit's own, and whether builds may
   * be privileged or have debug sessions. An entry that ends in `*` allows every name that starts with the text before
   * it.
   * @default nothing
   */
  readonly allow?: Partial<AllowList> | undefined;
  /**
   * Age at which the record of a run is deleted, in whole days.
   * @default Duration.days(365)
   */
  readonly recordExpiration?: Duration | undefined;
  /**
   * Age at which the bucket deletes a bundle, in whole days. A run refreshes a bundle that has reached half this age.
   * @default Duration.days(30)
   */
  readonly bundleExpiration?: Duration | undefined;
  /**
   * Whether variables of the CodeBuild project name secrets with credentials of registries or mirrors.
   * @default false
   */
  readonly hasRegistryCredentials?: boolean | undefined;
  /**
   * Whether the seedkit has a CodeArtifact repository. Builds log in to it.
   * @default false
   */
  readonly hasPackages?: boolean | undefined;
  /**
   * Maximum duration of one execution of the state machine: waiting for capacity, the build, and a margin.
   * @default Duration.hours(45)
   */
  readonly executionTimeout?: Duration | undefined;
  /**
   * Whether DynamoDB refuses to delete the run table.
   * @default false
   */
  readonly deletionProtection?: boolean | undefined;
  /**
   * Whether the run table is kept or deleted when the stack is deleted.
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly dataRemovalPolicy?: RemovalPolicy | undefined;
  /**
   * Actions of the alarms, such as publishing to an SNS topic.
   * @default none
   */
  readonly alarmActions?: readonly IAlarmAction[] | undefined;
  /**
   * Whether there is a CloudWatch dashboard, which costs about 3 USD a month.
   * @default true
   * @see https://aws.amazon.com/cloudwatch/pricing/
   */
  readonly dashboard?: boolean | undefined;
}

/**
 * Drives, records and announces runs: state machine, handlers, run table, bus, rules, alarms and dashboard. A
 * {@link SeedkitStack} has one.
 *
 * @example
 * const plane = new SeedkitStack(app, 'MyKit', { seedkitName: 'my-kit' }).controlPlane;
 * new Rule(stack, 'Failed', { eventBus: plane.bus, eventPattern: { detail: { status: ['FAILED'] } } });
 */
export class ControlPlane extends Construct {
  /** State machine that drives runs, one execution per run. */
  readonly stateMachine: IStateMachine;
  /** State machine that drives maps, one execution per map. */
  readonly mapMachine: IStateMachine;
  /** Table of the records of runs. */
  readonly table: Table;
  /** Table of the locks of runs. */
  readonly lockTable: Table;
  /** Event bus that announces runs and receives `Run Requested` events. */
  readonly bus: EventBus;
  /** Group and role of the schedules that start published targets. */
  readonly targetSchedules: TargetSchedules;
  /** Queue of events that could not be delivered or handled. They are kept for 14 days. */
  readonly deadLetters: IQueue;
  /**
   * Alarms: runs failed, the control plane failed, events could not be delivered, schedules could not start their
   * targets, `reconcile-run` did not run for fifteen minutes.
   */
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
    this.lockTable = new LockTable(this, 'Locks', { seedkit, encryptionKey }).table;
    const runBus = new RunBus(this, 'Events', { seedkit, encryptionKey });
    const { bus, deadLetters, busDeadLetters } = runBus;
    this.bus = bus;
    this.deadLetters = deadLetters;

    const recordExpirationDays = daysOf(props.recordExpiration, RECORD_EXPIRATION_DAYS);
    const handlers = new RunHandlers(this, 'Handlers', {
      setting: props,
      bucket: props.bucket,
      table: this.table,
      lockTable: this.lockTable,
      bus,
      project: props.project,
      allow: props.allow ?? {},
      recordExpirationDays,
      bundleExpirationDays: daysOf(props.bundleExpiration, OBJECT_EXPIRATION_DAYS),
      hasRegistryCredentials: props.hasRegistryCredentials ?? false,
      hasPackages: props.hasPackages ?? false,
    });
    const { stateMachine } = new RunMachine(this, 'Machine', {
      seedkit,
      encryptionKey,
      logRetention: props.logRetention,
      recordExpirationDays,
      timeout: props.executionTimeout ?? MACHINE_TIMEOUT,
      table: this.table,
      bus,
      handlers,
    });
    this.stateMachine = stateMachine;
    const mapMachine = this.createMapMachine(props, handlers.driveMap);
    this.mapMachine = mapMachine;
    runBus.letOnlyAnnounce([stateMachine.role, mapMachine.role, ...announcingHandlers(handlers)]);
    this.targetSchedules = new TargetSchedules(this, 'TargetSchedules', { seedkit });
    this.metrics = new RunMetrics({
      stateMachine: this.stateMachine,
      deadLetters,
      busDeadLetters,
      project: props.project,
      scheduleGroup: this.targetSchedules.groupName,
    });
    this.alarms = this.watch(props, handlers);
    if (props.dashboard !== false) this.show(seedkit, handlers);
    this.seedkit = seedkit;
    this.startRun = handlers.startRun;
  }

  /**
   * Starts a run at each time of a schedule, under the id `<id>-<YYYYMMDDTHHMMSSZ>-<8 digits>`. The digits are
   * hexadecimal and come from the event's id, so that the id of a run cannot be guessed before its time.
   *
   * @param id the schedule's name: letters, digits, underscores and hyphens
   * @throws CodeseederError `InvalidRequest` for an invalid name or request, or one that exceeds EventBridge's limits
   * @example
   * kit.controlPlane.addSchedule('nightly', {
   *   schedule: Schedule.cron({ hour: '2', minute: '0' }),
   *   request: { invocation: { kind: 'commands', target: ['npx drift-check'] } },
   * });
   */
  addSchedule(id: string, options: ScheduleOptions): Rule {
    const { seedkit, startRun, deadLetters } = this;
    const props = { ...options, seedkit, name: id, startRun, deadLetters };
    return new RunSchedule(this, `Schedule-${id}`, props).rule;
  }

  /**
   * Sends the state changes of runs to a target: SNS, SQS, Lambda, Step Functions, or any other target of EventBridge.
   *
   * @param id name of the rule in the app
   * @returns the rule, to which further targets can be added
   * @throws CodeseederError `InvalidRequest` for a filter that no event can match, or a pattern that is too long
   */
  onRunStateChange(id: string, options: RunStateChangeOptions = {}): Rule {
    return this.addRule(id, { runs: options }, options.crossStackScope);
  }

  /**
   * Sends the state changes of maps to a target: that they run, and how they ended.
   *
   * @param id name of the rule in the app
   * @returns the rule, to which further targets can be added
   * @throws CodeseederError `InvalidRequest` for a filter that no event can match, or a pattern that is too long
   */
  onMapStateChange(id: string, options: MapStateChangeOptions = {}): Rule {
    return this.addRule(id, { maps: options }, options.crossStackScope);
  }

  private addRule(id: string, on: StateChangeRuleProps['on'], scope: Construct = this): Rule {
    const { seedkit, bus } = this;
    return new StateChangeRule(scope, `On-${id}`, { seedkit, bus, name: id, on }).rule;
  }

  private createMapMachine(
    { seedkit, encryptionKey, logRetention, bundleExpiration, bucket }: ControlPlaneProps,
    driveMap: LambdaFunction,
  ): StateMachine {
    const { table, bus, stateMachine } = this;
    return new MapMachine(this, 'Maps', {
      seedkit,
      encryptionKey,
      logRetention,
      timeout: Duration.days(daysOf(bundleExpiration, OBJECT_EXPIRATION_DAYS)),
      bucket,
      table,
      bus,
      driveMap,
      stateMachineArn: stateMachine.stateMachineArn,
    }).stateMachine;
  }

  private watch(
    { seedkit, encryptionKey, bucket, project, allow, alarmActions }: ControlPlaneProps,
    handlers: RunHandlers,
  ): readonly Alarm[] {
    const { bus, deadLetters, stateMachine } = this;
    const { startRun, startTarget, awaitLock, pollBuild, wakeRun, collectOutcome, reconcileRun } = handlers;
    new RunRules(this, 'Rules', {
      seedkit,
      encryptionKey,
      bus,
      bucket,
      projects: [project, ...(allow?.projects ?? [])],
      deadLetters,
      stateMachineArn: stateMachine.stateMachineArn,
      mapMachineArn: mapMachineArn(this, seedkit),
      startRun,
      wakeRun,
      reconcileRun,
      startTarget,
    });
    return new RunAlarms(this, 'Alarms', {
      seedkit,
      metrics: this.metrics,
      sweeper: reconcileRun,
      infallibleHandlers: [startRun, awaitLock, pollBuild, wakeRun, collectOutcome, reconcileRun],
      actions: alarmActions ?? [],
    }).alarms;
  }

  private show(seedkit: string, handlers: RunHandlers): void {
    const { metrics, alarms } = this;
    const {
      startRun,
      prepareRun,
      startBuild,
      awaitLock,
      pollBuild,
      wakeRun,
      collectOutcome,
      reconcileRun,
      driveMap,
      startTarget,
    } = handlers;
    new RunDashboard(this, 'Overview', {
      seedkit,
      metrics,
      alarms,
      handlers: {
        'start-run': startRun,
        'prepare-run': prepareRun,
        'start-build': startBuild,
        'await-lock': awaitLock,
        'poll-build': pollBuild,
        'wake-run': wakeRun,
        'collect-outcome': collectOutcome,
        'reconcile-run': reconcileRun,
        'drive-map': driveMap,
        'start-target': startTarget,
      },
    });
  }

  /**
   * Returns the metric of runs that failed or timed out. Canceled runs are not counted. Default: sum over 5 minutes.
   */
  metricRunsFailed(options?: MetricOptions): Metric {
    return this.metrics.failed(options);
  }

  /** Returns the metric of runs that succeeded. Default: sum over 5 minutes. */
  metricRunsSucceeded(options?: MetricOptions): Metric {
    return this.metrics.succeeded(options);
  }

  /** Returns the metric of runs that were started. Default: sum over 5 minutes. */
  metricRunsStarted(options?: MetricOptions): Metric {
    return this.metrics.started(options);
  }

  /**
   * Returns the metric of runs that were canceled, also by a newer run with `lockMode: 'replace'` or because their
   * build was stopped. Default: sum over 5 minutes.
   */
  metricRunsCanceled(options?: MetricOptions): Metric {
    return this.metrics.canceled(options);
  }

  /**
   * Returns the metric of the durations of runs from submission to end, in milliseconds. Default: average over 5
   * minutes.
   */
  metricRunTime(options?: MetricOptions): Metric {
    return this.metrics.runTime(options);
  }

  /**
   * Returns the metric of the time that builds of the seedkit's own project wait for capacity, in seconds. Default:
   * average over 5 minutes.
   */
  metricQueueTime(options?: MetricOptions): Metric {
    return this.metrics.queueTime(options);
  }

  /** Returns the metric of the messages in the dead-letter queue. Default: maximum over 5 minutes. */
  metricDeadLetters(options?: MetricOptions): Metric {
    return this.metrics.deadLetters(options);
  }
}

/** Returns the roles of the handlers that send events with the seedkit's own source. */
function announcingHandlers({ startRun, reconcileRun, startTarget }: RunHandlers): IRole[] {
  return [startRun.role, reconcileRun.role, startTarget.role].filter((role) => role !== undefined);
}

function daysOf(expiration: Duration | undefined, defaultDays: number): number {
  return expiration?.toDays() ?? defaultDays;
}
