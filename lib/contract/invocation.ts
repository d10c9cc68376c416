import { z } from 'zod';

import { isWithoutNul } from './environment-variables.js';
import { parseWith } from './parse.js';

/** A Node.js function: the name of its module in the bundle manifest, and its export name. */
export const nodeTargetSchema = z.strictObject({
  module: z.string().min(1),
  exportName: z.string().min(1),
});
export type NodeTarget = z.infer<typeof nodeTargetSchema>;

/** A Python identifier, or several separated by dots. */
const PYTHON_NAME = /^[\p{ID_Start}_]\p{ID_Continue}*(\.[\p{ID_Start}_]\p{ID_Continue}*)*$/u;

/** A Python function: the importable name of its module, and its name inside the module, such as `deploy` or `Class.method`. */
export const pythonTargetSchema = z.strictObject({
  module: z.string().max(256).regex(PYTHON_NAME, 'not the name of a Python module, such as my_pkg.deploy'),
  functionName: z.string().max(256).regex(PYTHON_NAME, 'not the name of a Python function'),
});
export type PythonTarget = z.infer<typeof pythonTargetSchema>;

/** Kinds of code that a run can call. */
export const INVOCATION_KINDS = ['node', 'python', 'commands'] as const;

/** The content of `runs/<runId>/input/invocation.json`. */
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
    /** Commands that one bash shell runs in order. The first that fails ends the run. */
    target: z
      .array(z.string().min(1).refine(isWithoutNul, 'a command must not contain a NUL character'))
      .min(1, 'at least one command is required'),
  }),
]);

/** The code that a run calls, with its arguments. */
export type Invocation = z.infer<typeof invocationSchema>;

/** Parses an invocation. @throws CodeseederError `InvalidRequest` */
export function parseInvocation(value: unknown): Invocation {
  return parseWith(invocationSchema, value, 'invocation');
}

/** Parses a target written as `module:function`. @throws CodeseederError `InvalidRequest` */
export function parsePythonTarget(text: string): PythonTarget {
  const [module = '', functionName = '', ...rest] = text.split(':');
  const subject = `Python target ${JSON.stringify(text)} (module:function)`;
  return parseWith(pythonTargetSchema, { module, functionName: [functionName, ...rest].join(':') }, subject);
}

/**
 * Returns the target in one line, for records and lists: `src/deploy.ts#network`, `my_pkg.deploy:network` or the first
 * command, cut to 200 characters.
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
