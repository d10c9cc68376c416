import { z } from 'zod';

import { parseJson, parseWith } from './parse.js';

/**
 * The stack's output that keeps the context the seedkit was deployed with, so that the next deployment keeps what it
 * does not change. An output may change on its own, which a template's metadata may not.
 */
export const SEEDKIT_CONTEXT_OUTPUT = 'SeedkitContext';

/** What the stack's name and its output `DeployId` tell. */
const TOLD_ELSEWHERE = new Set(['name', 'deployId']);

/** The context as the output has it: JSON, in the order of its names. */
export function deployedContextText(context: Readonly<Record<string, unknown>>): string {
  const kept = Object.entries(context).filter(([name]) => !TOLD_ELSEWHERE.has(name));
  return JSON.stringify(Object.fromEntries(kept.sort(([left], [right]) => (left < right ? -1 : 1))));
}

/**
 * Reads the output.
 * @throws CodeseederError `InvalidRequest`
 */
export function parseDeployedContext(text: string): Readonly<Record<string, string>> {
  const what = `output ${SEEDKIT_CONTEXT_OUTPUT}`;
  return parseWith(z.record(z.string(), z.string()), parseJson(text, what), what);
}
