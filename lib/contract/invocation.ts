import { z } from 'zod';

import { parseWith } from './parse.js';

/** A Node function: the module's name inside the bundle and the name it is exported under. */
export const nodeTargetSchema = z.strictObject({
  module: z.string().min(1),
  exportName: z.string().min(1),
});
export type NodeTarget = z.infer<typeof nodeTargetSchema>;

export const INVOCATION_KINDS = ['node', 'commands'] as const;

export const invocationSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('node'),
    target: nodeTargetSchema,
    args: z.array(z.json()),
  }),
  z.strictObject({
    kind: z.literal('commands'),
    /** Commands of one bash shell, in order; the first that fails ends the run. */
    target: z.array(z.string().min(1)).min(1, 'give at least one command'),
  }),
]);

/** What a run does: `runs/<runId>/input/invocation.json`. */
export type Invocation = z.infer<typeof invocationSchema>;

/** @throws CodeseederError `InvalidRequest` */
export function parseInvocation(value: unknown): Invocation {
  return parseWith(invocationSchema, value, 'invocation');
}

/** The target in one line, for records and people: `src/deploy.ts#network` or the first command. */
export function describeTarget(invocation: Invocation): string {
  switch (invocation.kind) {
    case 'node':
      return `${invocation.target.module}#${invocation.target.exportName}`;
    case 'commands':
      return (invocation.target[0] ?? '').slice(0, 200);
  }
}
