import { Duration, PermissionsBoundary, Token } from 'aws-cdk-lib';

import { SeedkitStack, type SeedkitStackProps } from '../../lib/cdk.js';
import { sharedValue } from '../shared-value.js';
import { withTemplateApp } from './template-app.js';

export interface TemplateResource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly DependsOn?: readonly string[];
}

export interface SynthesizedTemplate {
  readonly Description: string;
  readonly Parameters: Record<string, { Type: string; Default?: string }>;
  readonly Resources: Record<string, TemplateResource>;
  readonly Outputs: Record<string, { Value: unknown; Export: { Name: string } }>;
}

/**
 * Returns the template of a seedkit `demo`. The test files of a run share the templates of the same options, because a
 * synthesis takes longer than most tests.
 * @param extend adds resources to the stack
 */
export function synthesizedTemplate(
  props: Partial<SeedkitStackProps> = {},
  extend?: (stack: SeedkitStack) => void,
): SynthesizedTemplate {
  const key = extend === undefined ? keyOf(props) : undefined;
  if (key === undefined) return synthesize(props, extend);
  return sharedValue(`template ${key}`, () => synthesize(props));
}

/** Synthesizes a seedkit `demo`. @param extend adds resources to its stack */
export function synthesize(
  props: Partial<SeedkitStackProps> = {},
  extend: (stack: SeedkitStack) => void = () => undefined,
): SynthesizedTemplate {
  return withTemplateApp((app, handlersFolder) => {
    const stack = new SeedkitStack(app, 'Seedkit', { seedkitName: 'demo', handlersFolder, ...props });
    extend(stack);
    return app.synth().getStackArtifact('Seedkit').template as SynthesizedTemplate;
  });
}

/** Returns a text that is different for different options, or undefined for options that have none. */
function keyOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) {
    return Token.isUnresolved(value) ? undefined : (JSON.stringify(value) ?? 'undefined');
  }
  const { constructor } = value;
  if (![Array, Duration, Object, PermissionsBoundary].includes(constructor as ObjectConstructor))
    return undefined;
  const parts = Object.entries(value).map(([name, item]) => [name, keyOf(item)] as const);
  if (parts.some(([, part]) => part === undefined)) return undefined;
  return JSON.stringify([constructor.name, ...parts]);
}
