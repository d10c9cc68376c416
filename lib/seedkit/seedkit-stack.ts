import { CfnParameter, Duration, RemovalPolicy, Stack, Tags, Token } from 'aws-cdk-lib';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { IProject } from 'aws-cdk-lib/aws-codebuild';
import type { Rule } from 'aws-cdk-lib/aws-events';
import type { Grant, IGrantable, IManagedPolicy, IRole } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

import { packagedHandlersFolder } from '../control-plane/handler-assets.js';
import { ControlPlane } from '../control-plane/control-plane.js';
import type { HandlerSetting } from '../control-plane/handler.js';
import type { ScheduleOptions } from '../control-plane/run-schedule.js';
import type { MapStateChangeOptions, RunStateChangeOptions } from '../control-plane/state-change-rule.js';
import {
  allowListSchema,
  checkRegion,
  CACHE_EXPIRATION_DAYS,
  OBJECT_EXPIRATION_DAYS,
  parseSeedkitName,
  SEEDKIT_NAME_TAG,
  SEEDKIT_STACK_TAG,
  seedkitNames,
  type AllowList,
} from '../contract/index.js';
import { deployIdOf } from '../contract/deploy-id.js';
import { BuildLogGroup } from './build-log-group.js';
import { parseBuildVpc } from './build-network.js';
import { BuildProject } from './build-project.js';
import { ClientAccess } from './client-access.js';
import { createClientPolicies } from './client-policies.js';
import { credentialsVariables } from './credentials-secrets.js';
import { parseDeployId } from './deploy-id.js';
import { applyPaths } from './identity-paths.js';
import { SeedkitBucket } from './seedkit-bucket.js';
import { SeedkitKey } from './seedkit-key.js';
import { declareOutputs, type SeedkitOutputValues } from './seedkit-outputs.js';
import { SeedkitPackages } from './seedkit-packages.js';
import type { SeedkitStackProps } from './seedkit-stack-props.js';

/** Docker image of builds unless the parameter or a request names another. */
const DEFAULT_BUILD_IMAGE = 'aws/codebuild/standard:8.0';

/**
 * A seedkit: the bucket, key, CodeBuild project and role that builds use, and the control plane that drives, records
 * and announces runs. The stack is named `aws-codeseeder-<seedkitName>`.
 *
 * @example
 * const kit = new SeedkitStack(app, 'MyKit', { seedkitName: 'my-kit' });
 * kit.grantSubmit(deployRole);
 */
export class SeedkitStack extends Stack {
  /** Name of the seedkit. */
  readonly seedkitName: string;
  /** Bucket of bundles, inputs and outputs. */
  readonly bucket: Bucket;
  /** KMS key of the seedkit's data; undefined if `encryption` is false. */
  readonly encryptionKey: Key | undefined;
  /** CodeBuild project that runs are built in. */
  readonly buildProject: IProject;
  /** Service role of the CodeBuild project. */
  readonly buildRole: IRole;
  /** Policy with the rights that a build needs in the seedkit. Attach it to your own roles that requests may name. */
  readonly resourcesPolicy: IManagedPolicy;
  /** Policy with the rights to submit and follow runs. Attach it to the roles of clients. */
  readonly clientPolicy: IManagedPolicy;
  /**
   * Policy with the rights to publish targets. A principal with this policy gains the builds' rights through the runs
   * of targets.
   */
  readonly publisherPolicy: IManagedPolicy;
  /** Policy with the rights to list and start published targets and to read their runs, and nothing else. */
  readonly targetPolicy: IManagedPolicy;
  /**
   * Policy with the rights to open shells in builds. It does not include the rights to read runs. Undefined unless
   * `allow.debugSessions` is true.
   */
  readonly debuggerPolicy: IManagedPolicy | undefined;
  /** Policy with the rights to add and remove schedules of published targets, and to start the targets. */
  readonly schedulerPolicy: IManagedPolicy;
  /** CodeArtifact domain and repository; undefined unless `codeArtifact` is true. */
  readonly packages: SeedkitPackages | undefined;
  /** State machine, handlers, run table, event bus, rules and alarms. */
  readonly controlPlane: ControlPlane;
  private readonly clientAccess: ClientAccess;

  /**
   * @throws CodeseederError `InvalidRequest` for an invalid name, id, ARN, path or VPC, for a policy that exceeds IAM's
   * size limit, and for a known region that lacks what the stack uses
   */
  constructor(scope: Construct, id: string, props: SeedkitStackProps) {
    const seedkit = parseSeedkitName(props.seedkitName);
    super(scope, id, {
      description: `Codeseeder seedkit ${seedkit}`,
      ...props,
      stackName: seedkitNames.stack(seedkit),
      tags: { ...props.tags, [SEEDKIT_STACK_TAG]: seedkit },
    });
    this.seedkitName = seedkit;
    this.checkKnownRegion(props);
    const deployId = props.deployId === undefined ? deployIdOf(seedkit) : parseDeployId(props.deployId);
    const removalPolicy = props.dataRemovalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
    const expiration = props.objectExpiration ?? Duration.days(OBJECT_EXPIRATION_DAYS);
    const cacheExpiration = props.cacheExpiration ?? Duration.days(CACHE_EXPIRATION_DAYS);
    Tags.of(this).add(SEEDKIT_NAME_TAG, seedkitNames.prefix(seedkit));
    applyPaths(this, props);

    const key = props.encryption === false ? undefined : this.createKey(deployId, removalPolicy);
    const own = { seedkit, encryptionKey: key };
    const { accessLogsBucket } = props;
    const storage = { ...own, deployId, expiration, cacheExpiration, removalPolicy, accessLogsBucket };
    this.encryptionKey = key;
    this.bucket = new SeedkitBucket(this, 'Storage', storage).bucket;
    this.packages = props.codeArtifact
      ? new SeedkitPackages(this, 'Packages', { ...own, removalPolicy })
      : undefined;

    const setting = {
      ...own,
      handlersFolder: props.handlersFolder ?? packagedHandlersFolder(),
      logRetention: props.logRetention ?? RetentionDays.THREE_MONTHS,
    };
    const allow = allowListSchema.parse(props.allow ?? {});
    const buildImage = new CfnParameter(this, 'BuildImage', {
      description: 'Docker image of builds that name none',
      default: props.buildImage ?? DEFAULT_BUILD_IMAGE,
    });
    const build = this.createBuild(props, setting, allow, buildImage);
    this.buildProject = build.project;
    this.buildRole = build.role;
    this.resourcesPolicy = build.resourcesPolicy;
    this.controlPlane = this.createControlPlane(props, setting, expiration, removalPolicy);
    this.clientAccess = new ClientAccess(this, 'ClientAccess', {
      ...own,
      bucket: this.bucket,
      table: this.controlPlane.table,
      lockTable: this.controlPlane.lockTable,
      schedulerRole: this.controlPlane.targetSchedules.role,
      projects: allow.projects,
    });
    const policies = createClientPolicies(this, seedkit, this.clientAccess, allow);
    this.clientPolicy = policies.client;
    this.publisherPolicy = policies.publisher;
    this.targetPolicy = policies.target;
    this.debuggerPolicy = policies.debugger;
    this.schedulerPolicy = policies.scheduler;
    declareOutputs(this, seedkit, this.outputValues(deployId, buildImage));
  }

  /** Grants a principal the rights to submit, follow and cancel runs. Through runs it gains the builds' rights. */
  grantSubmit(grantee: IGrantable): Grant {
    return this.clientAccess.grant(grantee, this.clientAccess.toSubmitAndRead());
  }

  /** Grants a principal the rights to read runs: records, histories, outputs and logs. */
  grantReadRuns(grantee: IGrantable): Grant {
    return this.clientAccess.grant(grantee, this.clientAccess.toRead());
  }

  /**
   * Grants a principal the rights to release locks, and to read runs. Runs release their locks when they end, so these
   * rights are needed only to recover from a fault outside of the seedkit.
   */
  grantReleaseLocks(grantee: IGrantable): Grant {
    return this.clientAccess.grant(grantee, this.clientAccess.toReleaseLocks());
  }

  /**
   * Grants a principal the right to request runs by putting objects under `inbox/`. Through runs it gains the builds'
   * rights.
   */
  grantInbox(grantee: IGrantable): Grant {
    return this.clientAccess.grant(grantee, this.clientAccess.toFillInbox());
  }

  /**
   * Grants a principal the rights to publish targets, and to promote and remove them. Through the runs of targets it
   * gains the builds' rights.
   */
  grantPublish(grantee: IGrantable): Grant {
    return this.clientAccess.grant(grantee, this.clientAccess.toPublish());
  }

  /**
   * Grants a principal the rights to open shells in builds. In a shell it acts with the build's rights. To find the
   * build of a run, it also needs {@link grantReadRuns} or {@link grantSubmit}. Builds have shells only in a seedkit
   * with `allow.debugSessions`.
   */
  grantDebug(grantee: IGrantable): Grant {
    return this.clientAccess.grant(grantee, this.clientAccess.toDebug());
  }

  /** Grants a principal the rights to start all published targets and to read their runs. It cannot run other code. */
  grantStartTargets(grantee: IGrantable): Grant {
    return this.clientAccess.grant(grantee, this.clientAccess.toStartTargets());
  }

  /**
   * Grants a principal the rights to add, pause and remove schedules of published targets, and those of
   * `grantStartTargets`. A schedule continues after its creator has lost the rights.
   */
  grantSchedule(grantee: IGrantable): Grant {
    return this.clientAccess.grant(grantee, this.clientAccess.toSchedule());
  }

  /**
   * Grants a principal the right to start some targets by objects `inbox/targets/<name>/*.request.json`, and nothing
   * else. It cannot read their runs.
   * @throws CodeseederError `InvalidRequest` for a name that no target can have
   */
  grantInboxOfTargets(grantee: IGrantable, ...names: readonly string[]): Grant {
    return this.clientAccess.grant(grantee, this.clientAccess.toStartByInbox(names));
  }

  /**
   * Starts a run at each time of a schedule, under the id `<id>-<YYYYMMDDTHHMMSSZ>-<8 digits>`. The digits are
   * hexadecimal and come from the event's id, so that the id of a run cannot be guessed before its time.
   *
   * @param id the schedule's name: letters, digits, underscores and hyphens
   * @throws CodeseederError `InvalidRequest` for an invalid name or request, or one that exceeds EventBridge's limits
   * @example
   * kit.addSchedule('nightly', {
   *   schedule: Schedule.cron({ hour: '2', minute: '0' }),
   *   request: { invocation: { kind: 'commands', target: ['npx drift-check'] } },
   * });
   */
  addSchedule(id: string, options: ScheduleOptions): Rule {
    return this.controlPlane.addSchedule(id, options);
  }

  /**
   * Sends the state changes of runs to a target: SNS, SQS, Lambda, Step Functions, or any other target of EventBridge.
   * An event matches if all filters do, and may be delivered twice.
   *
   * @param id name of the rule in the app
   * @returns the rule, to which further targets can be added
   * @throws CodeseederError `InvalidRequest` for a filter that no event can match, or a pattern that is too long
   * @example
   * kit.onRunStateChange('FailedDeployment', {
   *   status: ['FAILED', 'TIMED_OUT'],
   *   labels: { stage: 'prod' },
   *   target: new SnsTopic(topic),
   * });
   */
  onRunStateChange(id: string, options?: RunStateChangeOptions): Rule {
    return this.controlPlane.onRunStateChange(id, options);
  }

  /**
   * Sends the state changes of maps to a target: that they run, and how they ended. An event may be delivered twice.
   *
   * @param id name of the rule in the app
   * @returns the rule, to which further targets can be added
   * @throws CodeseederError `InvalidRequest` for a filter that no event can match, or a pattern that is too long
   * @example
   * kit.onMapStateChange('MapFailed', { status: 'FAILED', target: new SnsTopic(topic) });
   */
  onMapStateChange(id: string, options?: MapStateChangeOptions): Rule {
    return this.controlPlane.onMapStateChange(id, options);
  }

  /**
   * Returns the metric of runs that failed or timed out. Canceled runs are not counted. Default: sum over 5 minutes.
   */
  metricRunsFailed(options?: MetricOptions): Metric {
    return this.controlPlane.metricRunsFailed(options);
  }

  /** Returns the metric of runs that succeeded. Default: sum over 5 minutes. */
  metricRunsSucceeded(options?: MetricOptions): Metric {
    return this.controlPlane.metricRunsSucceeded(options);
  }

  private createKey(deployId: string, removalPolicy: RemovalPolicy): Key {
    return new SeedkitKey(this, 'Encryption', { seedkit: this.seedkitName, deployId, removalPolicy }).key;
  }

  private createBuild(
    props: SeedkitStackProps,
    setting: HandlerSetting,
    allow: AllowList,
    buildImage: CfnParameter,
  ): BuildProject {
    return new BuildProject(this, 'Build', {
      seedkit: this.seedkitName,
      encryptionKey: this.encryptionKey,
      bucket: this.bucket,
      allow,
      log: new BuildLogGroup(this, 'BuildLog', setting),
      buildImage,
      defaultImage: props.buildImage ?? DEFAULT_BUILD_IMAGE,
      policyArns: props.policyArns ?? [],
      credentials: props,
      vpc: props.vpc === undefined ? undefined : parseBuildVpc(props.vpc),
      hasPackages: this.packages !== undefined,
    });
  }

  private createControlPlane(
    props: SeedkitStackProps,
    setting: HandlerSetting,
    bundleExpiration: Duration,
    dataRemovalPolicy: RemovalPolicy,
  ): ControlPlane {
    return new ControlPlane(this, 'ControlPlane', {
      ...props,
      ...setting,
      bucket: this.bucket,
      project: seedkitNames.project(this.seedkitName),
      bundleExpiration,
      hasRegistryCredentials: Object.keys(credentialsVariables(props)).length > 0,
      hasPackages: this.packages !== undefined,
      dataRemovalPolicy,
    });
  }

  private checkKnownRegion({ codeArtifact = false }: SeedkitStackProps): void {
    if (!Token.isUnresolved(this.region)) checkRegion(this.region, { codeArtifact });
  }

  private outputValues(deployId: string, buildImage: CfnParameter): SeedkitOutputValues {
    return {
      DeployId: deployId,
      Bucket: this.bucket.bucketName,
      KmsKeyArn: this.encryptionKey?.keyArn,
      SeedkitResourcesPolicyArn: this.resourcesPolicy.managedPolicyArn,
      CodeBuildRole: this.buildRole.roleName,
      CodeBuildRoleArn: this.buildRole.roleArn,
      CodeBuildProject: this.buildProject.projectName,
      CodeBuildProjectArn: this.buildProject.projectArn,
      CodeBuildProjectBuildImage: buildImage.valueAsString,
      CodeArtifactDomain: this.packages?.domainName,
      CodeArtifactRepository: this.packages?.repositoryName,
      StateMachineArn: this.controlPlane.stateMachine.stateMachineArn,
      MapMachineArn: this.controlPlane.mapMachine.stateMachineArn,
      RunTable: this.controlPlane.table.tableName,
      EventBus: this.controlPlane.bus.eventBusName,
      ClientPolicyArn: this.clientPolicy.managedPolicyArn,
      PublisherPolicyArn: this.publisherPolicy.managedPolicyArn,
      TargetPolicyArn: this.targetPolicy.managedPolicyArn,
      DebuggerPolicyArn: this.debuggerPolicy?.managedPolicyArn,
      ScheduleGroup: this.controlPlane.targetSchedules.groupName,
      SchedulerRoleArn: this.controlPlane.targetSchedules.role.roleArn,
      SchedulerPolicyArn: this.schedulerPolicy.managedPolicyArn,
    };
  }
}
