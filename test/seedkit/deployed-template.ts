import { RegionInfo } from 'aws-cdk-lib/region-info';

import type { SynthesizedTemplate } from './synthesized-template.js';

/** The resources of a template with the property values that a region's services receive. */
export interface DeployedTemplate {
  readonly resources: Readonly<Record<string, { readonly type: string; readonly properties: unknown }>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

const NO_VALUE = Symbol('AWS::NoValue');
const ACCOUNT = '123456789012';

type Arguments = readonly unknown[];

/**
 * Resolves a template for a region: conditions, pseudo parameters, and defaults of parameters. A value that is known
 * only after a deployment, such as an ARN, becomes a text such as `${Key.Arn}`.
 *
 * @throws Error for a reference to a resource that is not created because of its condition
 */
export function deployedTemplate(template: SynthesizedTemplate, region: string): DeployedTemplate {
  const { Conditions: conditions = {} } = template as { Conditions?: Record<string, unknown> };
  const values: Readonly<Record<string, unknown>> = {
    'AWS::AccountId': ACCOUNT,
    'AWS::NoValue': NO_VALUE,
    'AWS::Partition': RegionInfo.get(region).partition ?? 'aws',
    'AWS::Region': region,
    'AWS::StackId': `arn:aws:cloudformation:${region}:${ACCOUNT}:stack/aws-codeseeder-demo/id`,
    'AWS::StackName': 'aws-codeseeder-demo',
    'AWS::URLSuffix': RegionInfo.get(region).domainSuffix ?? 'amazonaws.com',
    ...Object.fromEntries(
      Object.entries(template.Parameters).map(([name, { Default }]) => [name, Default ?? `\${${name}}`]),
    ),
  };
  const holds = (name: unknown): boolean => resolve(conditions[String(name)]) === true;
  const isThere = (logicalId: string): boolean => {
    const { Condition } = (template.Resources[logicalId] ?? {}) as { Condition?: string };
    return Object.hasOwn(template.Resources, logicalId) && (Condition === undefined || holds(Condition));
  };
  const refer = (logicalId: string, attribute: string): string => {
    if (isThere(logicalId)) return `\${${logicalId}${attribute}}`;
    throw new Error(`${logicalId} is referred to in ${region}, where it is not deployed`);
  };
  const calls: Readonly<Record<string, (argument: unknown) => unknown>> = {
    Ref: (name) => (Object.hasOwn(values, String(name)) ? values[String(name)] : refer(String(name), '')),
    Condition: holds,
    'Fn::GetAtt': (argument) => {
      const [logicalId, ...attribute] = [argument].flat() as string[];
      return refer(logicalId ?? '', `.${attribute.join('.')}`);
    },
    'Fn::If': (argument) => {
      const [name, whenTrue, whenFalse] = argument as Arguments;
      return resolve(holds(name) ? whenTrue : whenFalse);
    },
    'Fn::Equals': (argument) => {
      const [left, right] = resolve(argument) as Arguments;
      return left === right;
    },
    'Fn::Not': (argument) => !(resolve(argument) as Arguments)[0],
    'Fn::Or': (argument) => (resolve(argument) as Arguments).includes(true),
    'Fn::Join': (argument) => {
      const [separator, items] = argument as [string, Arguments];
      return (resolve(items) as string[]).join(separator);
    },
    'Fn::Select': (argument) => {
      const [index, items] = resolve(argument) as [number, Arguments];
      return items[index];
    },
    'Fn::Split': (argument) => {
      const [separator, text] = resolve(argument) as [string, string];
      return text.split(separator);
    },
    'Fn::Sub': (argument) =>
      String(argument).replaceAll(/\$\{(AWS::\w+)\}/g, (_text, name: string) => String(values[name])),
    'Fn::ImportValue': (name) => `\${imported.${String(name)}}`,
  };

  function resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(resolve).filter((item) => item !== NO_VALUE);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [[name, argument] = ['', undefined]] = entries;
    const call = entries.length === 1 ? calls[name] : undefined;
    if (call !== undefined) return call(argument);
    if (entries.length === 1 && name.startsWith('Fn::')) throw new Error(`${name} is not resolved`);
    return Object.fromEntries(
      entries.map(([key, item]) => [key, resolve(item)] as const).filter(([, item]) => item !== NO_VALUE),
    );
  }

  const there = Object.entries(template.Resources).filter(([logicalId]) => isThere(logicalId));
  return {
    resources: Object.fromEntries(
      there.map(([logicalId, { Type, Properties }]) => [
        logicalId,
        { type: Type, properties: resolve(Properties ?? {}) },
      ]),
    ),
    outputs: resolve(template.Outputs) as Record<string, unknown>,
  };
}
