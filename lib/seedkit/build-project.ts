import { Aws, CfnCondition, Duration, Fn, Token, type CfnParameter } from 'aws-cdk-lib';
import {
  BuildSpec,
  type CfnProject,
  ComputeType,
  LinuxBuildImage,
  Project,
  type IProject,
} from 'aws-cdk-lib/aws-codebuild';
import {
  ManagedPolicy,
  Policy,
  Role,
  ServicePrincipal,
  type IManagedPolicy,
  type IRole,
} from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

import {
  BUILD_TIMEOUT_MINUTES,
  managedPolicyArnsSchema,
  NO_SECRET,
  parseWith,
  PROJECT_VARIABLES,
  QUEUED_TIMEOUT_MINUTES,
  seedkitNames,
} from '../contract/index.js';
import { allow, explain, explainPatterns } from '../control-plane/access-statement.js';
import { definedOnly } from '../contract/defined-only.js';
import { projectArn } from '../control-plane/resource-arns.js';
import type { BuildLogGroup } from './build-log-group.js';
import { buildAccess, type BuildAccessProps } from './build-access.js';
import { checkPolicySize } from './policy-size.js';
import { credentialsVariables, type CredentialsSecrets } from './credentials-secrets.js';

/** Properties of a {@link BuildProject}. */
export interface BuildProjectProps extends BuildAccessProps {
  readonly log: BuildLogGroup;
  /** Docker image of builds whose request names none. */
  readonly buildImage: CfnParameter;
  /** ARNs of managed policies to attach to the role. */
  readonly policyArns: readonly string[];
}

/** The CodeBuild project that runs are built in, its role, and the policy of the role. */
export class BuildProject extends Construct {
  readonly project: IProject;
  readonly role: IRole;
  /** Policy with the rights of a build. Attach it to other roles that requests may name. */
  readonly resourcesPolicy: IManagedPolicy;

  constructor(scope: Construct, id: string, props: BuildProjectProps) {
    super(scope, id);
    const { seedkit } = props;
    const access = buildAccess(this, props);
    const resourcesPolicy = new ManagedPolicy(this, 'ResourcesPolicy', {
      managedPolicyName: seedkitNames.resourcesPolicy(seedkit, Aws.REGION),
      description: `What a build of the seedkit ${seedkit} needs of its resources`,
      statements: access,
    });
    this.resourcesPolicy = resourcesPolicy;
    checkPolicySize(
      resourcesPolicy,
      'policy of builds',
      'Replace secrets and images whose names start alike by one pattern that ends in *, such as arn:aws:secretsmanager:eu-central-1:123456789012:secret:team/*.',
    );
    explainPatterns(this.resourcesPolicy, access);
    this.role = new Role(this, 'Role', {
      roleName: seedkitNames.role(seedkit, Aws.REGION),
      assumedBy: this.trustedService([seedkitNames.project(seedkit), ...props.allow.projects]),
      managedPolicies: [
        this.resourcesPolicy,
        ...parsePolicyArns(props.policyArns).map((arn, index) =>
          ManagedPolicy.fromManagedPolicyArn(this, `FurtherPolicy${index}`, arn),
        ),
      ],
    });
    if (props.allow.debugSessions) this.allowDebugSessions();
    const project = this.createProject(props);
    // A build needs the role's rights, and it must not create the log group before it is adopted.
    project.node.addDependency(this.resourcesPolicy, props.log);
    this.project = project;
  }

  /**
   * Adds the rights of a build to connect with Session Manager. They are in a policy of their own, because the policy
   * of builds is near IAM's size limit.
   *
   * @see https://docs.aws.amazon.com/codebuild/latest/userguide/session-manager.html#ssm.prerequisites
   */
  private allowDebugSessions(): void {
    const statement = allow(
      'ConnectSessions',
      [
        'ssmmessages:CreateControlChannel',
        'ssmmessages:CreateDataChannel',
        'ssmmessages:OpenControlChannel',
        'ssmmessages:OpenDataChannel',
      ],
      ['*'],
      'The actions take no resource. A channel is of the build that opens it.',
    );
    const policy = new Policy(this, 'DebugSessions', { statements: [statement], roles: [this.role] });
    explainPatterns(policy, [statement]);
  }

  /**
   * Returns the CodeBuild service as principal, limited to the projects that runs are built in.
   *
   * @see https://docs.aws.amazon.com/codebuild/latest/userguide/cross-service-confused-deputy-prevention.html
   */
  private trustedService(projects: readonly string[]): ServicePrincipal {
    return new ServicePrincipal('codebuild.amazonaws.com', {
      conditions: {
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
        ArnLike: { 'aws:SourceArn': projects.map((project) => projectArn(this, project)) },
      },
    });
  }

  private createProject(props: BuildProjectProps): Project {
    const { seedkit, buildImage, encryptionKey, log, vpc } = props;
    const project = new Project(this, 'Project', {
      projectName: seedkitNames.project(seedkit),
      description: `Builds of the seedkit ${seedkit}`,
      // The managed policy has all rights of a build. Without this, the CDK would add a policy of its own.
      role: (this.role as Role).withoutPolicyUpdates(),
      environment: {
        buildImage: LinuxBuildImage.fromCodeBuildImageId(buildImage.valueAsString),
        computeType: ComputeType.SMALL,
        privileged: false,
        environmentVariables: projectVariables(seedkit, props.credentials),
      },
      buildSpec: BuildSpec.fromObject({
        version: '0.2',
        phases: { build: { commands: ['echo "A run brings its own buildspec."'] } },
      }),
      logging: { cloudWatch: { logGroup: log.logGroup } },
      timeout: Duration.minutes(BUILD_TIMEOUT_MINUTES.default),
      queuedTimeout: Duration.minutes(QUEUED_TIMEOUT_MINUTES.default),
      grantReportGroupPermissions: false,
      ...definedOnly({ encryptionKey }),
    });
    const resource = project.node.defaultChild as CfnProject;
    resource.addPropertyOverride('Environment.ImagePullCredentialsType', this.pullCredentials(buildImage));
    explain(
      project,
      'CloudFormation-Validate::E3050',
      'The project refers to its role by ARN. The check mistakes an ARN with a path for a role’s name.',
    );
    explain(
      project,
      'AwsSolutions-CB5',
      'The image is a parameter. Its default is an image that AWS maintains.',
    );
    if (encryptionKey === undefined) {
      explain(
        project,
        'AwsSolutions-CB4',
        'The seedkit’s owner turned its key off, so a key of AWS encrypts the data.',
      );
    }
    if (vpc !== undefined) {
      // The L1 resource takes ids. The L2 property `vpc` would need a lookup of the network.
      const { vpcId, subnetIds: subnets, securityGroupIds } = vpc;
      resource.vpcConfig = { vpcId, subnets, securityGroupIds };
    }
    return project;
  }

  /** Returns how images are pulled: CodeBuild's own with CodeBuild's credentials, all others with the role's. */
  private pullCredentials(buildImage: CfnParameter) {
    const isCurated = new CfnCondition(this, 'IsCuratedImage', {
      expression: Fn.conditionEquals(Fn.select(0, Fn.split('/', buildImage.valueAsString)), 'aws'),
    });
    return Fn.conditionIf(isCurated.logicalId, 'CODEBUILD', 'SERVICE_ROLE');
  }
}

function projectVariables(seedkit: string, credentials: CredentialsSecrets) {
  const { account, seedkit: name, ...secrets } = PROJECT_VARIABLES;
  const named = credentialsVariables(credentials);
  return Object.fromEntries([
    [account, { value: Aws.ACCOUNT_ID }],
    [name, { value: seedkit }],
    ...Object.values(secrets).map((secret) => [secret, { value: named[secret] ?? NO_SECRET }] as const),
  ]);
}

/**
 * Checks the ARNs of managed policies that are known before the deployment.
 *
 * @throws CodeseederError `InvalidRequest`
 */
function parsePolicyArns(policyArns: readonly string[]): readonly string[] {
  const known = policyArns.filter((arn) => !Token.isUnresolved(arn));
  parseWith(managedPolicyArnsSchema, known, 'list of policy ARNs');
  return policyArns;
}
