import type { Rate } from './token-bucket.js';

/** A row of the table of request rates: how often some operations of a service may be called. */
export interface RequestRate {
  /** The service's name in signatures, such as `states`. */
  readonly service: string;
  /**
   * Names of the operations, each with its own token bucket; for S3, HTTP methods. `*` means all operations that are
   * in no other row; they share one bucket.
   */
  readonly operations: readonly string[];
  /** Whether the listed operations share one token bucket. @default false */
  readonly shared?: boolean;
  /**
   * Scope of a token bucket: the whole account, one S3 bucket or one DynamoDB table.
   * @default 'account'
   */
  readonly per?: 'account' | 'S3 bucket' | 'table';
  /** The rate in all regions that `regions` does not list. */
  readonly rate: Rate;
  readonly regions?: Readonly<Record<string, Rate>>;
  /** The rate in all regions for an account that was just created. @default that of other accounts */
  readonly newAccount?: Rate;
  /** URL of the page that documents the rate, or `undocumented: assumed ...`. */
  readonly source: string;
}

/** Maximum number of invocations that may run at the same time, in all regions. */
export const CONCURRENT_INVOCATIONS = {
  aws: 1_000,
  newAccount: 10,
  source: 'https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html',
} as const;

const STATES = 'https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html';
const LOGS = 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html';
const EVENTS = 'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html';
const CODEBUILD =
  'undocumented: assumed 10 a second, from https://github.com/awslabs/aws-codebuild-jenkins-plugin/issues/31';
const LAMBDA = 'https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html';
const DYNAMODB =
  'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html';
const S3 = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html';
const STS = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html';
const SSM = 'https://docs.aws.amazon.com/general/latest/gr/ssm.html';
const SECRETS = 'https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html';
const CODEARTIFACT = 'https://docs.aws.amazon.com/codeartifact/latest/ug/service-limits.html';

/** Returns the rate of a quota in "transactions per second": the bucket holds the calls of one second. */
const perSecond = (calls: number): Rate => ({ bucket: calls, perSecond: calls });
const tokens = (bucket: number, refill: number): Rate => ({ bucket, perSecond: refill });
const inRegions = (regions: readonly string[], rate: Rate): Record<string, Rate> =>
  Object.fromEntries(regions.map((region) => [region, rate]));

/** The regions in which Step Functions and EventBridge have higher rates. */
const LARGE_REGIONS = ['us-east-1', 'us-west-2', 'eu-west-1'];
const inLargeRegions = (bucket: number, refill: number) => inRegions(LARGE_REGIONS, tokens(bucket, refill));

/** Returns the rows of a service. @param source for rows without a `source` of their own */
function ratesOf(
  service: string,
  source: string,
  rows: readonly (Omit<RequestRate, 'service' | 'source'> & { readonly source?: string })[],
): readonly RequestRate[] {
  return rows.map((row) => ({ service, source, ...row }));
}

const MACHINE_CHANGES = ['CreateStateMachine', 'DeleteStateMachine', 'UpdateStateMachine'];
const TASK_ANSWERS = ['SendTaskSuccess', 'SendTaskFailure', 'SendTaskHeartbeat'];

const STATES_RATES = ratesOf('states', STATES, [
  { operations: ['StartExecution'], rate: tokens(800, 150), regions: inLargeRegions(1_300, 300) },
  { operations: ['StopExecution'], rate: tokens(500, 25), regions: inLargeRegions(1_000, 200) },
  { operations: ['DescribeExecution'], rate: tokens(250, 10), regions: inLargeRegions(300, 15) },
  { operations: ['ListExecutions'], rate: tokens(100, 2), regions: inLargeRegions(200, 5) },
  { operations: ['GetExecutionHistory'], rate: tokens(400, 20) },
  { operations: TASK_ANSWERS, rate: tokens(1_500, 300), regions: inLargeRegions(3_000, 500) },
  // Starts of the child executions of all Distributed Maps with Standard children. A start over the rate is delayed,
  // as state transitions are.
  { operations: ['MapRunChildStart'], rate: perSecond(100) },
  { operations: ['DescribeStateMachine'], rate: tokens(200, 20) },
  { operations: ['DescribeStateMachineForExecution'], rate: tokens(200, 1) },
  { operations: ['ListStateMachines'], rate: tokens(100, 5) },
  { operations: [...MACHINE_CHANGES, 'ValidateStateMachineDefinition'], rate: tokens(100, 1) },
  { operations: ['ListTagsForResource'], rate: tokens(100, 1) },
  {
    operations: ['StateTransition'],
    rate: perSecond(800),
    regions: inRegions(LARGE_REGIONS, perSecond(5_000)),
    newAccount: perSecond(100),
    source: `${STATES}; for new accounts undocumented: assumed 100 a second`,
  },
]);

/** The regions in which CloudWatch Logs has lower rates. */
const SMALL_LOGS_REGIONS = ['ap-northeast-3', 'ap-southeast-3', 'ca-west-1', 'eu-central-1', 'il-central-1'];

const LOGS_RATES = ratesOf('logs', LOGS, [
  {
    operations: ['GetLogEvents'],
    rate: perSecond(25),
    regions: {
      ...inRegions([...SMALL_LOGS_REGIONS, 'us-west-2', 'eu-west-1'], perSecond(10)),
      'eu-west-3': perSecond(30),
    },
  },
  {
    operations: ['FilterLogEvents'],
    rate: perSecond(10),
    regions: { ...inRegions(SMALL_LOGS_REGIONS, perSecond(5)), 'us-east-1': perSecond(25) },
  },
  { operations: ['DescribeLogStreams'], rate: perSecond(25) },
  { operations: ['DescribeLogGroups', 'CreateLogGroup', 'DeleteLogGroup'], rate: perSecond(10) },
  { operations: ['CreateLogStream'], rate: perSecond(50) },
  { operations: ['DeleteLogStream'], rate: perSecond(15) },
  { operations: ['PutLogEvents'], rate: perSecond(5_000) },
  {
    operations: ['PutRetentionPolicy', 'TagResource', 'UntagResource', 'ListTagsForResource'],
    rate: perSecond(5),
  },
]);

const MEDIUM_EVENTS_REGIONS = [
  'us-west-1',
  'ap-northeast-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'eu-west-2',
];
const SMALL_EVENTS_REGIONS = [
  ...['ap-east-1', 'ap-northeast-2', 'ap-south-1', 'ca-central-1', 'eu-north-1', 'eu-west-3', 'sa-east-1'],
];

const EVENTS_RATES = ratesOf('events', EVENTS, [
  {
    operations: ['PutEvents'],
    rate: perSecond(400),
    regions: {
      ...inRegions(LARGE_REGIONS, perSecond(10_000)),
      ...inRegions(['us-east-2', 'eu-central-1', 'eu-south-2'], perSecond(2_400)),
      ...inRegions(MEDIUM_EVENTS_REGIONS, perSecond(1_200)),
      ...inRegions(SMALL_EVENTS_REGIONS, perSecond(600)),
    },
  },
  { operations: ['*'], rate: perSecond(50) },
]);

const BUILD_READS = ['BatchGetBuilds', 'BatchGetProjects', 'ListBuilds', 'ListBuildsForProject'];
const LAMBDA_RATES = ratesOf('lambda', LAMBDA, [
  {
    operations: ['Invoke'],
    rate: perSecond(10 * CONCURRENT_INVOCATIONS.aws),
    newAccount: perSecond(10 * CONCURRENT_INVOCATIONS.newAccount),
  },
  { operations: ['GetFunction'], rate: perSecond(100) },
  { operations: ['*'], rate: perSecond(15) },
]);

const STACK_READS = ['DescribeStacks', 'DescribeStackEvents', 'DescribeChangeSet'];
const PARAMETER_READS = ['GetParameter', 'GetParameters', 'GetParametersByPath'];
const SECRET_READS = ['GetSecretValue', 'DescribeSecret'];

/**
 * Request rates of an AWS account in one region, before any increase. Operations that are not listed are not limited.
 */
export const REQUEST_RATES: readonly RequestRate[] = [
  ...STATES_RATES,
  ...LOGS_RATES,
  ...EVENTS_RATES,
  ...ratesOf('codebuild', CODEBUILD, [
    { operations: ['StartBuild', 'StopBuild', ...BUILD_READS], rate: perSecond(10) },
  ]),
  ...LAMBDA_RATES,
  ...ratesOf('dynamodb', DYNAMODB, [
    { operations: ['read units'], per: 'table', rate: perSecond(12_000) },
    { operations: ['write units'], per: 'table', rate: perSecond(4_000) },
  ]),
  ...ratesOf('s3', S3, [
    { operations: ['GET', 'HEAD'], shared: true, per: 'S3 bucket', rate: perSecond(5_500) },
    { operations: ['PUT', 'POST', 'DELETE'], shared: true, per: 'S3 bucket', rate: perSecond(3_500) },
  ]),
  ...ratesOf('cloudformation', 'undocumented: assumed 10 a second', [
    { operations: [...STACK_READS, 'CreateChangeSet', 'ExecuteChangeSet'], rate: perSecond(10) },
  ]),
  ...ratesOf('sts', STS, [{ operations: ['*'], rate: perSecond(600) }]),
  ...ratesOf('ssm', SSM, [
    { operations: PARAMETER_READS, shared: true, rate: perSecond(40) },
    { operations: ['PutParameter'], rate: perSecond(3) },
  ]),
  ...ratesOf('secretsmanager', SECRETS, [
    { operations: SECRET_READS, shared: true, rate: perSecond(10_000) },
  ]),
  ...ratesOf('codeartifact', CODEARTIFACT, [{ operations: ['GetAuthorizationToken'], rate: perSecond(40) }]),
];
