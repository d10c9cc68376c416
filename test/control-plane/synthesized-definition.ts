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

/**
 * Returns the definition of the state machine of the seedkit `demo`, as deployed in `eu-central-1` of account
 * `123456789012`.
 */
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

/** Returns a state. @throws Error if the machine has no state with this name */
export function state(name: string): StateDefinition {
  const found = synthesizedDefinition().States[name];
  if (found === undefined) throw new Error(`no state ${name}`);
  return found;
}

/** Returns the errors that a state catches, each with the state that follows. */
export function catchesOf(name: string): Record<string, string> {
  return Object.fromEntries(
    (state(name).Catch ?? []).flatMap(({ ErrorEquals, Next }) => ErrorEquals.map((error) => [error, Next])),
  );
}

/** Returns the names of all states that may follow a state. */
export function nextOf({ Next, Default, Catch, Choices }: StateDefinition): unknown[] {
  const branches = [...(Catch ?? []), ...((Choices as { Next: string }[] | undefined) ?? [])];
  return [Next, Default, ...branches.map((branch) => branch.Next)].filter((next) => next !== undefined);
}
