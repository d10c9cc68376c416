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
 * Fails fast: refuses a policy that exceeds IAM's size limit at synthesis instead of at deployment. A value that is
 * known only at deployment is counted with its shortest possible length, so that no valid policy is refused.
 *
 * @param name the policy's name in the message
 * @param remedy the last sentence of the message: how to make the policy shorter
 * @throws CodeseederError `InvalidRequest`
 */
export function checkPolicySize(policy: ManagedPolicy, name: string, remedy: string): void {
  // `toJSON` keeps the document open for further statements; resolving the document would close it.
  const size = JSON.stringify(shortest(policy, policy.document.toJSON())).length;
  if (size <= POLICY_MAX_CHARACTERS) return;
  throw new CodeseederError(
    'InvalidRequest',
    `The ${name} has ${size} characters, but IAM allows at most ${POLICY_MAX_CHARACTERS} in a managed policy. ${remedy}`,
  );
}

function shortest(scope: Construct, value: unknown): unknown {
  return Tokenization.resolve(value, { scope, resolver: new ShortestValues(scope), preparing: false });
}

/** Replaces each value that is known only at deployment by its shortest possible text. */
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
    const { partition, region, account } = this.environment();
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
    const { partition, region, account } = this.environment();
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

  /** Returns the stack's partition, region and account, or the shortest possible ones if they are unknown. */
  private environment() {
    const { account, region } = Stack.of(this.scope);
    return {
      partition: 'aws',
      region: Token.isUnresolved(region) ? 'us-east-1' : region,
      account: Token.isUnresolved(account) ? '-'.repeat(12) : account,
    };
  }
}
