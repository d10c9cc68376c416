import { resolved } from './resolved-template.js';
import type { SynthesizedTemplate } from './synthesized-template.js';

/** A policy statement. Actions and resources are lists, even if the template has a single value. */
export interface Statement {
  readonly sid: string | undefined;
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly principal: unknown;
  readonly condition: unknown;
}

/** Returns every statement of every policy document of the template, by the resource's logical id. */
export function statementsById(template: SynthesizedTemplate): Record<string, Statement[]> {
  return Object.fromEntries(
    Object.entries(template.Resources).map(([logicalId, { Properties }]) => [
      logicalId,
      documentsIn(resolved(template, Properties ?? {})),
    ]),
  );
}

/** Returns the statements of the resource whose logical id starts with a text. There must be exactly one. */
export function statementsOf(template: SynthesizedTemplate, start: string): Statement[] {
  const found = Object.entries(statementsById(template)).filter(
    ([logicalId, statements]) => logicalId.startsWith(start) && statements.length > 0,
  );
  if (found.length !== 1) throw new Error(`${found.length} resources with a policy start with ${start}`);
  return found[0]![1];
}

/**
 * Returns the resources of each allowed action. For actions on the key, also returns the services through which they
 * are allowed.
 */
export function permissionsOf(statements: readonly Statement[]): Record<string, string[]> {
  const permissions: Record<string, string[]> = {};
  for (const { effect, actions, resources, condition } of statements) {
    if (effect !== 'Allow') continue;
    for (const action of actions) {
      const through = action.startsWith('kms:') ? servicesOf(condition) : resources;
      permissions[action] = [...(permissions[action] ?? []), ...through].sort();
    }
  }
  return permissions;
}

function servicesOf(condition: unknown): string[] {
  const services = (condition as { StringEquals?: { 'kms:ViaService'?: string[] } } | undefined)
    ?.StringEquals?.['kms:ViaService'];
  return services === undefined
    ? ['directly']
    : [...new Set(services.map((name) => `via ${name.split('.')[0]}`))];
}

function documentsIn(value: unknown): Statement[] {
  if (Array.isArray(value)) return value.flatMap(documentsIn);
  if (typeof value !== 'object' || value === null) return [];
  if ('Statement' in value) return ([value.Statement].flat() as Record<string, unknown>[]).map(toStatement);
  return Object.values(value).flatMap(documentsIn);
}

function toStatement(statement: Record<string, unknown>): Statement {
  return {
    sid: statement['Sid'] as string | undefined,
    effect: statement['Effect'] as string,
    actions: toList(statement['Action']),
    resources: toList(statement['Resource']),
    principal: statement['Principal'],
    condition: statement['Condition'],
  };
}

function toList(value: unknown): string[] {
  return [value ?? []].flat() as string[];
}
