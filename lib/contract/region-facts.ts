/**
 * Lists the features that a seedkit can use and that some regions lack. A region on no list is assumed to have all
 * features, so that new regions work. If it lacks one, CloudFormation or CodeBuild refuses the request.
 * `test/seedkit/region-schemas.test.ts` compares the first three lists with the CloudFormation schemas of every region.
 */

/** Regions without CodeBuild projects in CloudFormation. A seedkit cannot be deployed there. */
const WITHOUT_CODEBUILD = ['ap-east-2', 'ca-west-1', 'mx-central-1'];

/** Regions without CodeArtifact. @see https://docs.aws.amazon.com/general/latest/gr/codeartifact.html */
const WITHOUT_CODE_ARTIFACT = [
  'af-south-1',
  'ap-east-1',
  'ap-east-2',
  'ap-northeast-2',
  'ap-northeast-3',
  'ap-south-2',
  'ap-southeast-3',
  'ap-southeast-4',
  'ap-southeast-5',
  'ap-southeast-6',
  'ap-southeast-7',
  'ca-central-1',
  'ca-west-1',
  'cn-north-1',
  'cn-northwest-1',
  'eu-central-2',
  'eu-south-2',
  'il-central-1',
  'me-central-1',
  'me-south-1',
  'mx-central-1',
  'sa-east-1',
  'us-gov-east-1',
  'us-gov-west-1',
  'us-west-1',
];

/**
 * Regions whose event buses support neither a customer managed key nor a dead-letter queue.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-events-eventbus.html
 */
const WITHOUT_EVENT_BUS_KEY = ['us-gov-east-1', 'us-gov-west-1'];

/** Regions by missing feature. */
export const REGIONS_WITHOUT = {
  codeBuild: WITHOUT_CODEBUILD,
  codeArtifact: WITHOUT_CODE_ARTIFACT,
  eventBusKey: WITHOUT_EVENT_BUS_KEY,
} as const satisfies Record<string, readonly string[]>;

/**
 * Regions that have Lambda compute.
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/lambda.html#lambda.regions
 */
export const LAMBDA_COMPUTE_REGIONS: readonly string[] = [
  'ap-northeast-1',
  'ap-south-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'eu-central-1',
  'eu-west-1',
  'sa-east-1',
  'us-east-1',
  'us-east-2',
  'us-west-2',
];
