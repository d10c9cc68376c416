import type { Rate } from './token-bucket.js';

/** How often operations of a service can be called. */
export interface RequestRate {
  /** Name in signatures, such as `states`. */
  readonly service: string;
  /**
   * Names of the operations, each with a bucket of its own; for S3 the HTTP methods. `*` is all operations that no other row
   * names, which share a bucket.
   */
  readonly operations: readonly string[];
  /** Whether the operations share one bucket. @default false */
  readonly shared?: boolean;
  /** What has a bucket of its own. @default 'account' */
  readonly per?: 'account' | 'S3 bucket' | 'table';
  /** The rate in regions that `regions` does not name. */
  readonly rate: Rate;
  readonly regions?: Readonly<Record<string, Rate>>;
  /** The rate in all regions for an account that was just created. @default that of other accounts */
  readonly newAccount?: Rate;
  /** Page that documents it, or `undocumented: assumed ...`. */
  readonly source: string;
}

/** Function instances that can work at the same time, in all regions. */
export const CONCURRENT_INVOCATIONS = {
  aws: 1_000,
  newAccount: 10,
  source: 'https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html',
} as const;

const STATES = 'https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html';
const LOGS = 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html';
const EVENTS = 'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html';
const LAMBDA = 'https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html';
const DYNAMODB =
  'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html';
const S3 = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html';
const STS = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html';
const SSM = 'https://docs.aws.amazon.com/general/latest/gr/ssm.html';
const SECRETS = 'https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html';
const CODEARTIFACT = 'https://docs.aws.amazon.com/codeartifact/latest/ug/service-limits.html';

/** A rate whose bucket holds the calls of one second, as AWS documents "transactions per second". */
const perSecond = (calls: number): Rate => ({ bucket: calls, perSecond: calls });
const inRegions = (regions: readonly string[], rate: Rate): Record<string, Rate> =>
  Object.fromEntries(regions.map((region) => [region, rate]));

/** The regions in which Step Functions allows more. */
const LARGE_REGIONS = ['us-east-1', 'us-west-2', 'eu-west-1'];
const inLargeRegions = (bucket: number, refill: number) =>
  inRegions(LARGE_REGIONS, { bucket, perSecond: refill });

const STATES_RATES: readonly RequestRate[] = [
  {
    service: 'states',
    operations: ['StartExecution'],
    rate: { bucket: 800, perSecond: 150 },
    regions: inLargeRegions(1_300, 300),
    source: STATES,
  },
  {
    service: 'states',
    operations: ['StopExecution'],
    rate: { bucket: 500, perSecond: 25 },
    regions: inLargeRegions(1_000, 200),
    source: STATES,
  },
  {
    service: 'states',
    operations: ['DescribeExecution'],
    rate: { bucket: 250, perSecond: 10 },
    regions: inLargeRegions(300, 15),
    source: STATES,
  },
  {
    service: 'states',
    operations: ['ListExecutions'],
    rate: { bucket: 100, perSecond: 2 },
    regions: inLargeRegions(200, 5),
    source: STATES,
  },
  {
    service: 'states',
    operations: ['GetExecutionHistory'],
    rate: { bucket: 400, perSecond: 20 },
    source: STATES,
  },
  {
    service: 'states',
    operations: ['SendTaskSuccess', 'SendTaskFailure', 'SendTaskHeartbeat'],
    rate: { bucket: 1_500, perSecond: 300 },
    regions: inLargeRegions(3_000, 500),
    source: STATES,
  },
  {
    service: 'states',
    operations: ['DescribeStateMachine'],
    rate: { bucket: 200, perSecond: 20 },
    source: STATES,
  },
  {
    service: 'states',
    operations: ['DescribeStateMachineForExecution'],
    rate: { bucket: 200, perSecond: 1 },
    source: STATES,
  },
  {
    service: 'states',
    operations: ['ListStateMachines'],
    rate: { bucket: 100, perSecond: 5 },
    source: STATES,
  },
  {
    service: 'states',
    operations: [
      'CreateStateMachine',
      'DeleteStateMachine',
      'UpdateStateMachine',
      'ValidateStateMachineDefinition',
    ],
    rate: { bucket: 100, perSecond: 1 },
    source: STATES,
  },
  {
    service: 'states',
    operations: ['StateTransition'],
    rate: perSecond(800),
    regions: inRegions(LARGE_REGIONS, perSecond(5_000)),
    newAccount: perSecond(100),
    source: `${STATES}; for new accounts undocumented: assumed 100 a second`,
  },
];

const LOGS_RATES: readonly RequestRate[] = [
  {
    service: 'logs',
    operations: ['GetLogEvents'],
    rate: perSecond(25),
    regions: {
      ...inRegions(
        [
          'us-west-2',
          'ap-northeast-3',
          'ap-southeast-3',
          'ca-west-1',
          'eu-central-1',
          'eu-west-1',
          'il-central-1',
        ],
        perSecond(10),
      ),
      'eu-west-3': perSecond(30),
    },
    source: LOGS,
  },
  {
    service: 'logs',
    operations: ['FilterLogEvents'],
    rate: perSecond(10),
    regions: {
      'us-east-1': perSecond(25),
      ...inRegions(
        ['ap-northeast-3', 'ap-southeast-3', 'ca-west-1', 'eu-central-1', 'il-central-1'],
        perSecond(5),
      ),
    },
    source: LOGS,
  },
  { service: 'logs', operations: ['DescribeLogStreams'], rate: perSecond(25), source: LOGS },
  {
    service: 'logs',
    operations: ['DescribeLogGroups', 'CreateLogGroup', 'DeleteLogGroup'],
    rate: perSecond(10),
    source: LOGS,
  },
  { service: 'logs', operations: ['CreateLogStream'], rate: perSecond(50), source: LOGS },
  { service: 'logs', operations: ['DeleteLogStream'], rate: perSecond(15), source: LOGS },
  { service: 'logs', operations: ['PutLogEvents'], rate: perSecond(5_000), source: LOGS },
  {
    service: 'logs',
    operations: ['PutRetentionPolicy', 'TagResource', 'UntagResource', 'ListTagsForResource'],
    rate: perSecond(5),
    source: LOGS,
  },
];

const EVENTS_RATES: readonly RequestRate[] = [
  {
    service: 'events',
    operations: ['PutEvents'],
    rate: perSecond(400),
    regions: {
      ...inRegions(LARGE_REGIONS, perSecond(10_000)),
      ...inRegions(['us-east-2', 'eu-central-1', 'eu-south-2'], perSecond(2_400)),
      ...inRegions(
        ['us-west-1', 'ap-northeast-1', 'ap-southeast-1', 'ap-southeast-2', 'eu-west-2'],
        perSecond(1_200),
      ),
      ...inRegions(
        ['ap-east-1', 'ap-northeast-2', 'ap-south-1', 'ca-central-1', 'eu-north-1', 'eu-west-3', 'sa-east-1'],
        perSecond(600),
      ),
    },
    source: EVENTS,
  },
  { service: 'events', operations: ['*'], rate: perSecond(50), source: EVENTS },
];

const WORK_RATES: readonly RequestRate[] = [
  {
    service: 'codebuild',
    operations: [
      'StartBuild',
      'StopBuild',
      'BatchGetBuilds',
      'BatchGetProjects',
      'ListBuilds',
      'ListBuildsForProject',
    ],
    rate: perSecond(10),
    source:
      'undocumented: assumed 10 a second, from https://github.com/awslabs/aws-codebuild-jenkins-plugin/issues/31',
  },
  {
    service: 'lambda',
    operations: ['Invoke'],
    rate: perSecond(10 * CONCURRENT_INVOCATIONS.aws),
    newAccount: perSecond(10 * CONCURRENT_INVOCATIONS.newAccount),
    source: LAMBDA,
  },
  { service: 'lambda', operations: ['GetFunction'], rate: perSecond(100), source: LAMBDA },
  { service: 'lambda', operations: ['*'], rate: perSecond(15), source: LAMBDA },
];

const DATA_RATES: readonly RequestRate[] = [
  {
    service: 'dynamodb',
    operations: ['read units'],
    per: 'table',
    rate: perSecond(12_000),
    source: DYNAMODB,
  },
  {
    service: 'dynamodb',
    operations: ['write units'],
    per: 'table',
    rate: perSecond(4_000),
    source: DYNAMODB,
  },
  {
    service: 's3',
    operations: ['GET', 'HEAD'],
    shared: true,
    per: 'S3 bucket',
    rate: perSecond(5_500),
    source: S3,
  },
  {
    service: 's3',
    operations: ['PUT', 'POST', 'DELETE'],
    shared: true,
    per: 'S3 bucket',
    rate: perSecond(3_500),
    source: S3,
  },
];

const OTHER_RATES: readonly RequestRate[] = [
  {
    service: 'cloudformation',
    operations: [
      'DescribeStacks',
      'DescribeStackEvents',
      'DescribeChangeSet',
      'CreateChangeSet',
      'ExecuteChangeSet',
    ],
    rate: perSecond(10),
    source: 'undocumented: assumed 10 a second',
  },
  { service: 'sts', operations: ['*'], rate: perSecond(600), source: STS },
  {
    service: 'ssm',
    operations: ['GetParameter', 'GetParameters', 'GetParametersByPath'],
    shared: true,
    rate: perSecond(40),
    source: SSM,
  },
  { service: 'ssm', operations: ['PutParameter'], rate: perSecond(3), source: SSM },
  {
    service: 'secretsmanager',
    operations: ['GetSecretValue', 'DescribeSecret'],
    shared: true,
    rate: perSecond(10_000),
    source: SECRETS,
  },
  {
    service: 'codeartifact',
    operations: ['GetAuthorizationToken'],
    rate: perSecond(40),
    source: CODEARTIFACT,
  },
];

/**
 * Request rates of an AWS account in one region, before any increase. What is not listed is not limited.
 */
export const REQUEST_RATES: readonly RequestRate[] = [
  ...STATES_RATES,
  ...LOGS_RATES,
  ...EVENTS_RATES,
  ...WORK_RATES,
  ...DATA_RATES,
  ...OTHER_RATES,
];
