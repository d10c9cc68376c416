/** Prices of the resources of a seedkit's stack. */

/** What AWS charges each month for a resource that nobody uses. */
export interface StandingPrice {
  /** USD a month in us-east-1, without free tier and discounts. */
  readonly usd: number;
  /** What has this price. */
  readonly unit: string;
  /** What the price leaves out. */
  readonly note?: string;
  readonly source: string;
}

const CLOUDWATCH_PRICING = 'https://aws.amazon.com/cloudwatch/pricing/';

/** Prices of the types that cost something while no run uses the seedkit, read in November 2026. */
export const STANDING_USD = {
  'AWS::KMS::Key': {
    usd: 1,
    unit: 'key',
    note: 'Each of its first two rotations adds 1 USD a month.',
    source: 'https://aws.amazon.com/kms/pricing/',
  },
  'AWS::CloudWatch::Dashboard': {
    usd: 3,
    unit: 'dashboard',
    note: "An account's first three dashboards cost nothing.",
    source: CLOUDWATCH_PRICING,
  },
  'AWS::CloudWatch::Alarm': { usd: 0.1, unit: 'metric of an alarm', source: CLOUDWATCH_PRICING },
} as const satisfies Record<string, StandingPrice>;

/** Types for which AWS charges requests, calls, minutes or what they store, and nothing else. */
const BY_USE: ReadonlySet<string> = new Set([
  'AWS::CodeArtifact::Domain',
  'AWS::CodeArtifact::Repository',
  'AWS::CodeBuild::Project',
  'AWS::DynamoDB::Table',
  'AWS::Events::EventBus',
  'AWS::Events::Rule',
  'AWS::Lambda::Function',
  'AWS::Logs::LogGroup',
  'AWS::S3::Bucket',
  'AWS::SQS::Queue',
  'AWS::StepFunctions::StateMachine',
]);

/** Types for which AWS charges nothing. */
const FREE: ReadonlySet<string> = new Set([
  'AWS::CDK::Metadata',
  'AWS::Events::EventBusPolicy',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::KMS::Alias',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::Permission',
  'AWS::S3::BucketPolicy',
  'AWS::SQS::QueuePolicy',
  'AWS::Scheduler::ScheduleGroup',
  'Custom::CodeseederLogGroup',
]);

/** How AWS charges for a type of resource. `unknown`: a type that a seedkit of this version does not have. */
export function chargingOf(type: string): 'standing' | 'by use' | 'free' | 'unknown' {
  if (type in STANDING_USD) return 'standing';
  if (BY_USE.has(type)) return 'by use';
  return FREE.has(type) ? 'free' : 'unknown';
}
