import { resolved } from '../seedkit/resolved-template.js';
import { synthesizedTemplate } from '../seedkit/synthesized-template.js';

export interface StateDefinition {
  readonly Type: string;
  readonly Resource?: string;
  readonly TimeoutSeconds?: number;
  readonly Retry?: readonly Readonly<Record<string, unknown> & { ErrorEquals: readonly string[] }>[];
  readonly Catch?: readonly Readonly<
    Record<string, unknown> & { ErrorEquals: readonly string[]; Next: string }
  >[];
  readonly Assign?: Readonly<Record<string, unknown>>;
  readonly Next?: string;
  readonly [field: string]: unknown;
}

export interface Definition {
  readonly StartAt: string;
  readonly QueryLanguage: string;
  readonly TimeoutSeconds: number;
  readonly States: Readonly<Record<string, StateDefinition>>;
}

let synthesized: string | undefined;

/** The definition of the seedkit `demo`'s state machine, as deployed in `eu-central-1` of account `123456789012`. */
export function synthesizedDefinition(): Definition {
  synthesized ??= definitionText();
  return JSON.parse(synthesized) as Definition;
}

function definitionText(): string {
  const template = synthesizedTemplate();
  const machine = Object.values(template.Resources).find(
    ({ Type }) => Type === 'AWS::StepFunctions::StateMachine',
  );
  return resolved(template, machine?.Properties['DefinitionString']) as string;
}
