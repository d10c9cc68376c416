import { z } from 'zod';

import { parseJson, parseWith } from './parse.js';

/**
 * Stack output with the context with which the seedkit was deployed. The next deployment reads it and keeps the
 * settings that it does not change. It is an output because CloudFormation does not accept an update that changes
 * metadata only.
 */
export const SEEDKIT_CONTEXT_OUTPUT = 'SeedkitContext';

/** Context that this output leaves out, because the stack's name and the output `DeployId` contain it. */
const STORED_ELSEWHERE = new Set(['name', 'deployId']);

/** Serializes the context for the output: JSON with sorted names. */
export function deployedContextText(context: Readonly<Record<string, unknown>>): string {
  const kept = Object.entries(context).filter(([name]) => !STORED_ELSEWHERE.has(name));
  return JSON.stringify(Object.fromEntries(kept.sort(([left], [right]) => (left < right ? -1 : 1))));
}

/**
 * Parses the text of the output.
 * @throws CodeseederError `InvalidRequest`
 */
export function parseDeployedContext(text: string): Readonly<Record<string, string>> {
  const subject = `output ${SEEDKIT_CONTEXT_OUTPUT}`;
  return parseWith(z.record(z.string(), z.string()), parseJson(text, subject), subject);
}
