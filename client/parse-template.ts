import { parse } from 'yaml';

/** Parses the text of a template: JSON, or the YAML without tags in which the CDK's toolkit sends it. */
export function parseTemplate(text: string): Readonly<Record<string, unknown>> {
  const template: unknown = text.trimStart().startsWith('{') ? JSON.parse(text) : parse(text);
  return (template ?? {}) as Readonly<Record<string, unknown>>;
}
