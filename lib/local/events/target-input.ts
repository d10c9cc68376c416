import type { BusEvent } from './event.js';
import { atJsonPath } from './json-path.js';
import type { Target } from './target.js';

export interface RuleIdentity {
  readonly ruleName: string;
  readonly ruleArn: string;
}

/**
 * Returns the input that a target receives for an event: JSON text, or the text that the target's input transformer
 * produces.
 */
export function targetInput(target: Target, event: BusEvent, rule: RuleIdentity, ingestedAt: Date): string {
  if (target.Input !== undefined) return target.Input;
  if (target.InputPath !== undefined) return jsonText(atJsonPath(event, target.InputPath));
  const { InputTransformer: transformer } = target;
  if (transformer === undefined) return JSON.stringify(event);
  const { detail: _, ...withoutDetail } = event;
  const values: Record<string, unknown> = {
    'aws.events.rule-name': rule.ruleName,
    'aws.events.rule-arn': rule.ruleArn,
    'aws.events.event.ingestion-time': ingestedAt.toISOString(),
    'aws.events.event.json': event,
    'aws.events.event': withoutDetail,
  };
  for (const [name, path] of Object.entries(transformer.InputPathsMap ?? {})) {
    values[name] = atJsonPath(event, path);
  }
  return fillTemplate(transformer.InputTemplate, values);
}

/** Inserts values into the template of an input transformer: inside quotes as text, elsewhere as JSON. */
function fillTemplate(template: string, values: Readonly<Record<string, unknown>>): string {
  let quoted = false;
  return template.replace(/\\.|"|<([^<>\s]+)>/gs, (found, name: string | undefined) => {
    if (found === '"') quoted = !quoted;
    if (name === undefined) return found;
    const value = values[name];
    if (!quoted) return jsonText(value);
    if (value === undefined) return '';
    return JSON.stringify(typeof value === 'string' ? value : jsonText(value)).slice(1, -1);
  });
}

function jsonText(value: unknown): string {
  return JSON.stringify(value) ?? 'null';
}
