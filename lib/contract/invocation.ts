import { z } from 'zod';

import { isWellFormed, wellFormed } from './bounded-text.js';
import { CodeseederError } from './codeseeder-error.js';
import { type ContentDigest, contentDigest, isSameContent } from './content-digest.js';
import { definedOnly } from './defined-only.js';
import { isWithoutNul } from './environment-variables.js';
import { outlineJson } from './json-outline.js';
import { findJsonFault } from './json-value.js';
import { INVOCATION_HEAD_MAX_BYTES, INVOCATION_MAX_BYTES } from './limits.js';
import { parseWith } from './parse.js';

const NOT_WELL_FORMED = 'the text must not contain half of a surrogate pair';

/** A Node.js function: the name of its module in the bundle manifest, and its export name. */
export const nodeTargetSchema = z.strictObject({
  module: z.string().min(1).refine(isWellFormed, NOT_WELL_FORMED),
  exportName: z.string().min(1).refine(isWellFormed, NOT_WELL_FORMED),
});
export type NodeTarget = z.infer<typeof nodeTargetSchema>;

/** A Python identifier, or several separated by dots. */
const PYTHON_NAME = /^[\p{ID_Start}_]\p{ID_Continue}*(\.[\p{ID_Start}_]\p{ID_Continue}*)*$/u;

/**
 * A Python function: the importable name of its module, and its name inside the module, such as `deploy` or
 * `Class.method`.
 */
export const pythonTargetSchema = z.strictObject({
  module: z.string().max(256).regex(PYTHON_NAME, 'not the name of a Python module, such as my_pkg.deploy'),
  functionName: z.string().max(256).regex(PYTHON_NAME, 'not the name of a Python function'),
});
export type PythonTarget = z.infer<typeof pythonTargetSchema>;

/** Kinds of code that a run can call. */
export const INVOCATION_KINDS = ['node', 'python', 'commands'] as const;

type Json = z.core.util.JSONType;

/** Arguments. `z.json()` is not used, because it would drop a property with the name `__proto__`. */
const args = z.array(z.unknown() as z.ZodType<Json>).superRefine(requireJson('args'));
const kwargs = z
  .custom<Readonly<Record<string, Json>>>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'Invalid input: expected an object',
  )
  .superRefine(requireJson('kwargs'));

function requireJson(root: string) {
  return (value: unknown, context: z.RefinementCtx): void => {
    const fault = findJsonFault(value, root, INVOCATION_MAX_BYTES);
    if (fault === undefined) return;
    const message =
      fault.kind === 'tooLarge' ? `larger than ${fault.problem} as JSON` : `${fault.path} ${fault.problem}`;
    context.addIssue({ code: 'custom', message });
  };
}

const commandsTarget = z
  .array(
    z
      .string()
      .min(1, 'an empty command; give one, or leave it out')
      .refine(isWithoutNul, 'a command must not contain a NUL character')
      .refine(isWellFormed, NOT_WELL_FORMED),
  )
  .min(1, 'at least one command is required');

/** Schemas of the arguments of functions, and of commands. */
export const invocationArguments = { args, kwargs, commands: commandsTarget } as const;

/** The content of `runs/<runId>/input/invocation.json`. */
export const invocationSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('node'),
    target: nodeTargetSchema,
    args,
  }),
  z.strictObject({
    kind: z.literal('python'),
    target: pythonTargetSchema,
    args,
    kwargs,
  }),
  z.strictObject({
    kind: z.literal('commands'),
    /** Commands that one bash shell runs in order. The first that fails ends the run. */
    target: commandsTarget,
  }),
]);

/** The code that a run calls, with its arguments. */
export type Invocation = z.infer<typeof invocationSchema>;

/** Parses an invocation. @throws CodeseederError `InvalidRequest` */
export function parseInvocation(value: unknown): Invocation {
  return parseWith(invocationSchema, value, 'invocation');
}

/** The target of an invocation, without its arguments. */
export type InvocationHead = Invocation extends infer Kind
  ? Kind extends Invocation
    ? Pick<Kind, 'kind' | 'target'>
    : never
  : never;

/**
 * Reads the target of an invocation from its JSON text. Checks the arguments without parsing them into values, which
 * saves memory.
 * @param subject names the text in errors
 * @throws CodeseederError `InvalidRequest`
 */
export function parseInvocationHead(bytes: Uint8Array, subject: string): InvocationHead {
  const unread = ['args', 'kwargs'];
  const { value } = outlineJson(bytes, { subject, unread, maxBytes: INVOCATION_HEAD_MAX_BYTES });
  const { kind, target } = parseInvocation(value);
  return { kind, target } as InvocationHead;
}

/**
 * Returns the JSON texts of the arguments of an invocation whose text was checked before. The arguments are not parsed
 * into values.
 */
export function argumentTexts(bytes: Uint8Array): {
  readonly args?: Uint8Array;
  readonly kwargs?: Uint8Array;
} {
  const { texts } = outlineJson(bytes, { subject: 'invocation', unread: ['args', 'kwargs'] });
  return definedOnly({ args: texts.get('args'), kwargs: texts.get('kwargs') });
}

/** Parses a target in the form `module:function`. @throws CodeseederError `InvalidRequest` */
export function parsePythonTarget(text: string): PythonTarget {
  const [module = '', functionName = '', ...rest] = text.split(':');
  const subject = `Python target ${JSON.stringify(text)} (module:function)`;
  return parseWith(pythonTargetSchema, { module, functionName: [functionName, ...rest].join(':') }, subject);
}

/**
 * Returns the target in one line, for records and lists: `src/deploy.ts#network`, `my_pkg.deploy:network` or the first
 * command that is not mere preparation, such as `cd app`. Truncates a command to 200 characters.
 */
export function describeTarget(invocation: InvocationHead): string {
  switch (invocation.kind) {
    case 'node':
      return `${invocation.target.module}#${invocation.target.exportName}`;
    case 'python':
      return `${invocation.target.module}:${invocation.target.functionName}`;
    case 'commands':
      return wellFormed(mainCommand(invocation.target).slice(0, 200));
  }
}

/** Commands that prepare the shell for those that follow. */
const PREPARATION = /^\s*(?:cd|pushd|set|export|source|\.|#)(?:\s[^&|;\n]*)?(?:&&|;|\n|$)\s*/;

/** Returns the first command without its preparation, such as `npm test` for `cd app && npm test`. */
function mainCommand(commands: readonly string[]): string {
  for (const command of commands) {
    let rest = command;
    while (rest !== '' && PREPARATION.test(rest)) rest = rest.replace(PREPARATION, '');
    if (rest.trim() !== '') return rest;
  }
  return commands[0] ?? '';
}

/** The key of an invocation in the bucket, and the digest that it must have. A request may have only the key. */
export interface NamedInput {
  readonly key: string;
  readonly sha256?: string | undefined;
  readonly sizeBytes?: number | undefined;
}

/** An invocation that was read, with the bytes and the digest of its JSON. */
export interface ReadInvocation {
  readonly invocation: InvocationHead;
  readonly content: Uint8Array;
  readonly digest: ContentDigest;
}

/**
 * Checks that the content of an invocation has the digest of the request. Checks its arguments without parsing them
 * into values.
 * @throws CodeseederError `InputChanged`, or `InvalidRequest` if the content is not a valid invocation
 */
export function checkInvocation(
  content: Uint8Array,
  { sha256, sizeBytes }: NamedInput,
  location: string,
): ReadInvocation {
  const digest = contentDigest(content);
  if (!isSameContent(digest, { ...digest, ...definedOnly({ sha256, sizeBytes }) })) {
    const size = sizeBytes === undefined ? '' : ` of ${sizeBytes} bytes`;
    throw new CodeseederError(
      'InputChanged',
      `The invocation ${location} has ${digest.sizeBytes} bytes with the SHA-256 ${digest.sha256}; the request names a content${size} with the SHA-256 ${sha256}. It was replaced after the request was made: check which principals can write to it, and submit again with another run id.`,
    );
  }
  return { invocation: parseInvocationHead(content, `invocation ${location}`), content, digest };
}
