import { z } from 'zod';

import { isWithoutNul } from './environment-variables.js';
import { parseWith } from './parse.js';

/** A Node function: the module's name inside the bundle and the name it is exported under. */
export const nodeTargetSchema = z.strictObject({
  module: z.string().min(1),
  exportName: z.string().min(1),
});
export type NodeTarget = z.infer<typeof nodeTargetSchema>;

/** A name as Python takes it, or several with dots between them. */
const PYTHON_NAME = /^[\p{ID_Start}_]\p{ID_Continue}*(\.[\p{ID_Start}_]\p{ID_Continue}*)*$/u;

/** A Python function: its module, as `import` names it, and its name there; `Class.method` is one too. */
export const pythonTargetSchema = z.strictObject({
  module: z.string().max(256).regex(PYTHON_NAME, 'not the name of a Python module, such as my_pkg.deploy'),
  functionName: z.string().max(256).regex(PYTHON_NAME, 'not the name of a Python function'),
});
export type PythonTarget = z.infer<typeof pythonTargetSchema>;

export const INVOCATION_KINDS = ['node', 'python', 'commands'] as const;

export const invocationSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('node'),
    target: nodeTargetSchema,
    args: z.array(z.json()),
  }),
  z.strictObject({
    kind: z.literal('python'),
    target: pythonTargetSchema,
    args: z.array(z.json()),
    kwargs: z.record(z.string(), z.json()),
  }),
  z.strictObject({
    kind: z.literal('commands'),
    /** Commands of one bash shell, in order; the first that fails ends the run. */
    target: z
      .array(z.string().min(1).refine(isWithoutNul, 'a command has no character NUL'))
      .min(1, 'give at least one command'),
  }),
]);

/** What a run does: `runs/<runId>/input/invocation.json`. */
export type Invocation = z.infer<typeof invocationSchema>;

/** @throws CodeseederError `InvalidRequest` */
export function parseInvocation(value: unknown): Invocation {
  return parseWith(invocationSchema, value, 'invocation');
}

/** Reads `module:function`. @throws CodeseederError `InvalidRequest` */
export function parsePythonTarget(text: string): PythonTarget {
  const [module = '', functionName = '', ...rest] = text.split(':');
  const what = `Python target ${JSON.stringify(text)} (module:function)`;
  return parseWith(pythonTargetSchema, { module, functionName: [functionName, ...rest].join(':') }, what);
}

/**
 * The target in one line, for records and people: `src/deploy.ts#network`, `my_pkg.deploy:network` or the first
 * command.
 */
export function describeTarget(invocation: Invocation): string {
  switch (invocation.kind) {
    case 'node':
      return `${invocation.target.module}#${invocation.target.exportName}`;
    case 'python':
      return `${invocation.target.module}:${invocation.target.functionName}`;
    case 'commands':
      return (invocation.target[0] ?? '').slice(0, 200);
  }
}
