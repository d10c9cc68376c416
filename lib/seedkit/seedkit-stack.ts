import { Aws, CfnParameter, Duration, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { IProject } from 'aws-cdk-lib/aws-codebuild';
import type { Rule } from 'aws-cdk-lib/aws-events';
import {
  ManagedPolicy,
  type Grant,
  type IGrantable,
  type IManagedPolicy,
  type IRole,
} from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

import { explainPatterns } from '../control-plane/access-statement.js';
import { packagedHandlersFolder } from '../control-plane/handler-assets.js';
import { ControlPlane } from '../control-plane/control-plane.js';
import type { ScheduleOptions } from '../control-plane/run-schedule.js';
import {
  allowListSchema,
  OBJECT_EXPIRATION_DAYS,
  parseSeedkitName,
  SEEDKIT_NAME_TAG,
  SEEDKIT_STACK_TAG,
  seedkitNames,
} from '../contract/index.js';
import { BuildLogGroup } from './build-log-group.js';
import { parseBuildVpc } from './build-network.js';
import { BuildProject } from './build-project.js';
import { ClientAccess } from './client-access.js';
import { credentialsVariables } from './credentials-secrets.js';
import { deployIdOf, parseDeployId } from './deploy-id.js';
import { applyPaths } from './identity-paths.js';
import { checkPolicySize } from './policy-size.js';
import { SeedkitBucket } from './seedkit-bucket.js';
import { SeedkitKey } from './seedkit-key.js';
import { declareOutputs } from './seedkit-outputs.js';
import { SeedkitPackages } from './seedkit-packages.js';
import type { SeedkitStackProps } from './seedkit-stack-props.js';

/** Image of builds unless the parameter or a request says otherwise. */
const DEFAULT_BUILD_IMAGE = 'aws/codebuild/standard:8.0';

/**
 * A seedkit: the bucket, key, CodeBuild project and role that runs are built with, and the control plane that
 * drives, records and announces them. The stack is named `aws-codeseeder-<seedkitName>`.
 *
 * @example
 * const kit = new SeedkitStack(app, 'MyKit', { seedkitName: 'my-kit' });
 * kit.grantSubmit(deployRole);
 */
export class SeedkitStack extends Stack {
  readonly seedkitName: string;
  readonly bucket: Bucket;
  /** Undefined when encryption is off. */
  readonly encryptionKey: Key | undefined;
  readonly buildProject: IProject;
  readonly buildRole: IRole;
  /** What a build needs of the seedkit: for roles of your own that builds may be given. */
  readonly resourcesPolicy: IManagedPolicy;
  /** What a client needs to submit and follow runs. */
  readonly clientPolicy: IManagedPolicy;
  /** Undefined without CodeArtifact. */
  readonly packages: SeedkitPackages | undefined;
  readonly controlPlane: ControlPlane;
  private readonly clientAccess: ClientAccess;
  private readonly hasRegistryCredentials: boolean;

  /** @throws CodeseederError `InvalidRequest` for a name, id, ARN, path or VPC that is not valid, and for more than IAM takes */
  constructor(scope: Construct, id: string, props: SeedkitStackProps) {
    const seedkit = parseSeedkitName(props.seedkitName);
    super(scope, id, {
      description: `Codeseeder seedkit ${seedkit}`,
      ...props,
      stackName: seedkitNames.stack(seedkit),
      tags: { ...props.tags, [SEEDKIT_STACK_TAG]: seedkit },
    });
    this.seedkitName = seedkit;
    const deployId = props.deployId === undefined ? deployIdOf(seedkit) : parseDeployId(props.deployId);
    const removalPolicy = props.dataRemovalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
    const expiration = props.objectExpiration ?? Duration.days(OBJECT_EXPIRATION_DAYS);
    Tags.of(this).add(SEEDKIT_NAME_TAG, seedkitNames.prefix(seedkit));
    applyPaths(this, props);

    this.encryptionKey =
      props.encryption === false
        ? undefined
        : new SeedkitKey(this, 'Encryption', { seedkit, deployId, removalPolicy }).key;
    this.hasRegistryCredentials = Object.keys(credentialsVariables(props)).length > 0;
    const own = { seedkit, encryptionKey: this.encryptionKey };
    this.bucket = new SeedkitBucket(this, 'Storage', {
      ...own,
      deployId,
      expiration,
      removalPolicy,
      accessLogsBucket: props.accessLogsBucket,
    }).bucket;
    this.packages = props.codeArtifact
      ? new SeedkitPackages(this, 'Packages', { ...own, removalPolicy })
      : undefined;
    const setting = {
      ...own,
      handlersFolder: props.handlersFolder ?? packagedHandlersFolder(),
      logRetention: props.logRetention ?? RetentionDays.THREE_MONTHS,
    };
    const allow = allowListSchema.parse(props.allow ?? {});
    const defaultImage = props.buildImage ?? DEFAULT_BUILD_IMAGE;
    const buildImage = new CfnParameter(this, 'BuildImage', {
      description: 'Docker image of builds that name none',
      default: defaultImage,
    });
    const build = new BuildProject(this, 'Build', {
      ...own,
      bucket: this.bucket,
      allow,
      log: new BuildLogGroup(this, 'BuildLog', setting),
      buildImage,
      defaultImage,
      policyArns: props.policyArns ?? [],
      credentials: props,
      vpc: props.vpc === undefined ? undefined : parseBuildVpc(props.vpc),
      hasPackages: props.codeArtifact === true,
    });
    this.buildProject = build.project;
    this.buildRole = build.role;
    this.resourcesPolicy = build.resourcesPolicy;
    this.controlPlane = new ControlPlane(this, 'ControlPlane', {
      ...props,
      ...setting,
      bucket: this.bucket,
      project: seedkitNames.project(seedkit),
      bundleExpiration: expiration,
      hasRegistryCredentials: this.hasRegistryCredentials,
      hasPackages: this.packages !== undefined,
      dataRemovalPolicy: removalPolicy,
    });
    this.clientAccess = new ClientAccess(this, 'ClientAccess', {
      ...own,
      bucket: this.bucket,
      table: this.controlPlane.table,
      projects: allow.projects,
    });
    const clientStatements = this.clientAccess.toSubmitAndRead();
    const clientPolicy = new ManagedPolicy(this, 'ClientPolicy', {
      managedPolicyName: seedkitNames.clientPolicy(seedkit, Aws.REGION),
      description: `What a client of the seedkit ${seedkit} needs`,
      statements: clientStatements,
    });
    this.clientPolicy = clientPolicy;
    checkPolicySize(
      clientPolicy,
      'policy of clients',
      'Let patterns that end in * stand for allowed projects that start alike, such as team-*.',
    );
    explainPatterns(this.clientPolicy, clientStatements);
    declareOutputs(this, seedkit, this.outputValues(deployId, buildImage));
  }

  /** Lets a principal submit, follow and cancel runs. Whoever may submit gains the rights of the builds. */
  grantSubmit(grantee: IGrantable): Grant {
    return this.clientAccess.grant(grantee, this.clientAccess.toSubmitAndRead());
  }

  /** Lets a principal follow runs: records, histories, outputs and logs. */
  grantReadRuns(grantee: IGrantable): Grant {
    return this.clientAccess.grant(grantee, this.clientAccess.toRead());
  }

  /**
   * Lets a principal ask for runs by putting objects under `inbox/`. Whoever may ask gains the rights of the builds.
   */
  grantInbox(grantee: IGrantable): Grant {
    return this.clientAccess.grant(grantee, this.clientAccess.toFillInbox());
  }

  /**
   * Starts a run at each time of a schedule, under the id `<id>-<YYYYMMDDTHHMMSSZ>`.
   *
   * @param id the schedule's name: letters, digits, underscores and hyphens
   * @throws CodeseederError `InvalidRequest` for a name or request that is not valid, or too long for a rule
   *
   * @example
   * kit.addSchedule('nightly', {
   *   schedule: Schedule.cron({ hour: '2', minute: '0' }),
   *   request: { invocation: { kind: 'commands', target: ['npx drift-check'] } },
   * });
   */
  addSchedule(id: string, options: ScheduleOptions): Rule {
    return this.controlPlane.addSchedule(id, options);
  }

  /** Runs whose execution failed, for whatever reason. */
  metricRunsFailed(options?: MetricOptions): Metric {
    return this.controlPlane.metricRunsFailed(options);
  }

  metricRunsSucceeded(options?: MetricOptions): Metric {
    return this.controlPlane.metricRunsSucceeded(options);
  }

  private outputValues(deployId: string, buildImage: CfnParameter) {
    return {
      DeployId: deployId,
      Bucket: this.bucket.bucketName,
      ...(this.encryptionKey === undefined ? {} : { KmsKeyArn: this.encryptionKey.keyArn }),
      SeedkitResourcesPolicyArn: this.resourcesPolicy.managedPolicyArn,
      CodeBuildRole: this.buildRole.roleName,
      CodeBuildRoleArn: this.buildRole.roleArn,
      CodeBuildProject: this.buildProject.projectName,
      CodeBuildProjectArn: this.buildProject.projectArn,
      CodeBuildProjectBuildImage: buildImage.valueAsString,
      ...(this.packages === undefined
        ? {}
        : {
            CodeArtifactDomain: this.packages.domainName,
            CodeArtifactRepository: this.packages.repositoryName,
          }),
      StateMachineArn: this.controlPlane.stateMachine.stateMachineArn,
      RunTable: this.controlPlane.table.tableName,
      EventBus: this.controlPlane.bus.eventBusName,
      ClientPolicyArn: this.clientPolicy.managedPolicyArn,
    };
  }
}
