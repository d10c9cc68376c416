import { arnOf, type PlaceNames } from '../place-context.js';
import { invalid, NO_VALUE, type Scope } from './intrinsics.js';
import type { ParameterValue } from './parameters.js';
import type { Json, ProvidedResource } from '../resources/resource-provider.js';
import type { Template } from './template.js';

export interface StackIdentity extends PlaceNames {
  readonly stackName: string;
  readonly stackId: string;
}

export interface ScopeSources {
  readonly identity: StackIdentity;
  readonly template: Template;
  readonly parameters: ReadonlyMap<string, ParameterValue>;
  readonly condition: (name: string) => boolean;
  /** Returns an existing resource; undefined if it does not exist yet. */
  provided(logicalId: string): ProvidedResource | undefined;
  /** Returns the value of an export of another stack. */
  exported(name: string): Json | undefined;
  /** Whether resources that do not exist yet have placeholder values. */
  readonly isPreview: boolean;
}

/** Returns the values that the intrinsic functions of a stack's template can refer to. */
export function stackScope(sources: ScopeSources): Scope {
  const { identity, template, parameters, isPreview } = sources;
  const pseudo = pseudoParameters(identity);

  function providedOf(logicalId: string): ProvidedResource | undefined {
    const resource = Object.hasOwn(template.Resources, logicalId) ? template.Resources[logicalId] : undefined;
    if (resource === undefined) throw invalid(`Unresolved reference: the template has no ${logicalId}`);
    if (resource.Condition !== undefined && !sources.condition(resource.Condition)) {
      throw invalid(
        `Unresolved reference: ${logicalId} is not created, because its condition ${resource.Condition} is false`,
      );
    }
    const provided = sources.provided(logicalId);
    if (provided !== undefined || isPreview) return provided;
    throw invalid(`Unresolved reference: ${logicalId} does not exist yet`);
  }

  return {
    isPreview,
    condition: sources.condition,
    ref(name) {
      if (Object.hasOwn(pseudo, name)) return pseudo[name] as Json | typeof NO_VALUE;
      return parameters.get(name)?.value ?? providedOf(name)?.physicalId ?? previewRef(sources, name);
    },
    attribute(logicalId, attribute) {
      const provided = providedOf(logicalId);
      if (provided === undefined) return previewAttribute(identity, logicalId, attribute);
      const value = Object.hasOwn(provided.attributes, attribute)
        ? provided.attributes[attribute]
        : undefined;
      if (value !== undefined) return value;
      if (isPreview) return previewAttribute(identity, logicalId, attribute);
      const known = Object.keys(provided.attributes).join(', ') || 'none';
      throw invalid(`${logicalId} has no attribute ${attribute} in the local AWS; it has ${known}`);
    },
    mapped(map, topLevelKey, secondLevelKey) {
      const value = template.Mappings[map]?.[topLevelKey]?.[secondLevelKey];
      if (value === undefined) {
        throw invalid(`Fn::FindInMap: there is no ${map}.${topLevelKey}.${secondLevelKey}`);
      }
      return value;
    },
    exported(name) {
      const value = sources.exported(name);
      if (value === undefined) throw invalid(`No export named ${name} found`);
      return value;
    },
  };
}

/**
 * Returns the values of the pseudo parameters.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
 */
function pseudoParameters(identity: StackIdentity): Readonly<Record<string, Json | typeof NO_VALUE>> {
  return {
    'AWS::AccountId': identity.account,
    'AWS::NoValue': NO_VALUE,
    'AWS::NotificationARNs': [],
    'AWS::Partition': identity.partition,
    'AWS::Region': identity.region,
    'AWS::StackId': identity.stackId,
    'AWS::StackName': identity.stackName,
    'AWS::URLSuffix': identity.partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com',
  };
}

/** Types of resources for which `Ref` returns the ARN. */
const REFERRED_BY_ARN: ReadonlySet<string | undefined> = new Set([
  'AWS::IAM::ManagedPolicy',
  'AWS::StepFunctions::StateMachine',
]);

function previewRef({ identity, template }: ScopeSources, logicalId: string): string {
  const isArn = REFERRED_BY_ARN.has(template.Resources[logicalId]?.Type);
  return isArn ? previewAttribute(identity, logicalId, 'Arn') : logicalId.toLowerCase();
}

/**
 * Returns a placeholder in the form of the real value, so that providers can check properties before any resource is
 * created.
 */
function previewAttribute(identity: StackIdentity, logicalId: string, attribute: string): string {
  if (!attribute.toLowerCase().endsWith('arn')) return `${logicalId}-${attribute}`.toLowerCase();
  return arnOf(identity, 'preview', `${logicalId}:${logicalId}`);
}
