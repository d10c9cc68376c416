import {
  DefaultTokenResolver,
  Reference,
  Stack,
  StringConcat,
  Token,
  Tokenization,
  type IPostProcessor,
  type IResolvable,
  type IResolveContext,
} from 'aws-cdk-lib';
import { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import type { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { CfnKey } from 'aws-cdk-lib/aws-kms';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct, IConstruct } from 'constructs';

import { CodeseederError, POLICY_MAX_CHARACTERS } from '../contract/index.js';

/**
 * Refuses a policy that IAM would refuse in the midst of a deployment. What only the deployment knows is taken to be
 * as short as it can be, so that nothing is refused that would fit.
 *
 * @param what the policy in words, and `remedy` what makes it shorter
 * @throws CodeseederError `InvalidRequest`
 */
export function checkPolicySize(policy: ManagedPolicy, what: string, remedy: string): void {
  // As it will be in the template; resolving the document itself would close it to further statements.
  const size = JSON.stringify(shortest(policy, policy.document.toJSON())).length;
  if (size <= POLICY_MAX_CHARACTERS) return;
  throw new CodeseederError(
    'InvalidRequest',
    `The ${what} makes ${size} characters, and IAM takes at most ${POLICY_MAX_CHARACTERS} in a managed policy. ${remedy}`,
  );
}

function shortest(scope: Construct, value: unknown): unknown {
  return Tokenization.resolve(value, { scope, resolver: new ShortestValues(scope), preparing: false });
}

/** Puts the shortest text in the place of each value that the deployment only knows. */
class ShortestValues extends DefaultTokenResolver {
  private readonly scope: Construct;

  constructor(scope: Construct) {
    super(new StringConcat());
    this.scope = scope;
  }

  override resolveToken(
    token: IResolvable,
    context: IResolveContext,
    postProcessor: IPostProcessor,
  ): unknown {
    if (Reference.isReference(token) && token.displayName === 'Arn') return this.arnOf(token.target);
    const value: unknown = super.resolveToken(token, context, postProcessor);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return 'Ref' in value ? this.pseudoParameter(value.Ref) : '';
  }

  private arnOf(target: IConstruct): unknown {
    const { partition, region, account } = this.place();
    const at = (service: string) => `arn:${partition}:${service}:${region}:${account}:`;
    if (target instanceof CfnBucket) return `arn:${partition}:s3:::${this.nameOf(target, target.bucketName)}`;
    if (target instanceof CfnTable) return `${at('dynamodb')}table/${this.nameOf(target, target.tableName)}`;
    return target instanceof CfnKey ? `${at('kms')}key/${'-'.repeat(36)}` : '';
  }

  private nameOf(scope: Construct, name: string | undefined): string {
    const text = shortest(scope, name);
    return typeof text === 'string' ? text : '';
  }

  private pseudoParameter(name: unknown): string {
    const { partition, region, account } = this.place();
    switch (name) {
      case 'AWS::Partition':
        return partition;
      case 'AWS::Region':
        return region;
      case 'AWS::AccountId':
        return account;
      case 'AWS::URLSuffix':
        return 'amazonaws.com';
      default:
        return '';
    }
  }

  /** Where the stack goes, as far as it says. */
  private place() {
    const { account, region } = Stack.of(this.scope);
    return {
      partition: 'aws',
      region: Token.isUnresolved(region) ? 'us-east-1' : region,
      account: Token.isUnresolved(account) ? '-'.repeat(12) : account,
    };
  }
}
