import { describe, expect, it } from '@jest/globals';

import { REGIONS_WITHOUT } from '../../lib/contract/index.js';
import { deployedTemplate } from './deployed-template.js';
import { everyOption } from './option-sets.js';
import { SCHEMA_REGIONS } from './schema-check.js';
import { synthesizedTemplate } from './synthesized-template.js';

/**
 * The longest possible ARNs of resources whose ARN is known only after a deployment. The first matching part of the
 * logical id applies.
 */
const OPEN_ARNS: readonly (readonly [RegExp, string])[] = [
  [/Bucket/, `arn:aws:s3:::codeseeder-${'a'.repeat(27)}-123456789012-abcdef`],
  [/Key/, `arn:aws:kms:ap-southeast-1:123456789012:key/${'0'.repeat(36)}`],
  [/./, `arn:aws:lambda:ap-southeast-1:123456789012:function:codeseeder-${'a'.repeat(27)}-adopt-log-group`],
];

const template = synthesizedTemplate({
  ...everyOption('aws'),
  encryption: true,
  seedkitName: 'a'.repeat(27),
  vpc: {
    vpcId: 'vpc-0123456789abcdef0',
    subnetIds: Array.from({ length: 16 }, (_, i) => `subnet-${String(i).padStart(17, '0')}`),
    securityGroupIds: Array.from({ length: 5 }, (_, i) => `sg-${String(i).padStart(17, '0')}`),
  },
});

/** Regions in which the template, which has CodeArtifact, can be deployed. */
const REGIONS = SCHEMA_REGIONS.filter(
  (region) => !REGIONS_WITHOUT.codeArtifact.includes(region) && !REGIONS_WITHOUT.codeBuild.includes(region),
);

/**
 * Maximum number of characters of a policy, by resource type and property.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const POLICIES = [
  ['AWS::IAM::ManagedPolicy', 'PolicyDocument', 6_144],
  ['AWS::IAM::Policy', 'PolicyDocument', 10_240],
  ['AWS::IAM::Role', 'AssumeRolePolicyDocument', 2_048],
  ['AWS::KMS::Key', 'KeyPolicy', 32_768],
  ['AWS::S3::BucketPolicy', 'PolicyDocument', 20_480],
  ['AWS::Events::EventBusPolicy', 'Statement', 10_240],
  ['AWS::SQS::QueuePolicy', 'PolicyDocument', 20_480],
] as const;

/** Counts the characters of a policy as IAM does, without white space. The texts in a policy contain none. */
function sizeOf(document: unknown): number {
  return JSON.stringify(document).replaceAll(
    // A variable of IAM has a colon in its name and stays unchanged, because IAM counts the variable itself.
    /\$\{([^}:]*)\}/g,
    (_text, reference: string) => OPEN_ARNS.find(([part]) => part.test(reference))?.[1] ?? '',
  ).length;
}

describe('policies at their longest', () => {
  it.each(POLICIES)(
    'Each %s fits with every option and the longest names: its %s',
    (type, property, most) => {
      for (const region of REGIONS) {
        const sizes = Object.values(deployedTemplate(template, region).resources)
          .filter((resource) => resource.type === type)
          .map(({ properties }) => sizeOf((properties as Record<string, unknown>)[property]));
        expect(sizes).not.toHaveLength(0);
        expect(Math.max(...sizes)).toBeLessThanOrEqual(most);
      }
    },
  );

  it('The inline policies of each role fit together', () => {
    for (const region of REGIONS) {
      const ofRole: Record<string, number> = {};
      for (const { type, properties } of Object.values(deployedTemplate(template, region).resources)) {
        if (type !== 'AWS::IAM::Policy') continue;
        const { Roles: [role] = [], PolicyDocument: document } = properties as {
          Roles?: string[];
          PolicyDocument: unknown;
        };
        ofRole[role ?? ''] = (ofRole[role ?? ''] ?? 0) + sizeOf(document);
      }
      expect(Object.keys(ofRole)).not.toHaveLength(0);
      expect(Math.max(...Object.values(ofRole))).toBeLessThanOrEqual(10_240);
    }
  });
});
