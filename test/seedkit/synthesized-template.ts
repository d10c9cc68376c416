import { SeedkitStack, type SeedkitStackProps } from '../../lib/cdk.js';
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

/** Synthesizes a seedkit `demo`. @param extend adds resources to its stack */
export function synthesizedTemplate(
  props: Partial<SeedkitStackProps> = {},
  extend: (stack: SeedkitStack) => void = () => undefined,
): SynthesizedTemplate {
  return withTemplateApp((app, handlersFolder) => {
    const stack = new SeedkitStack(app, 'Seedkit', { seedkitName: 'demo', handlersFolder, ...props });
    extend(stack);
    return app.synth().getStackArtifact('Seedkit').template as SynthesizedTemplate;
  });
}
