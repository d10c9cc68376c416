import { z } from 'zod';

import { CodeseederError } from '../codeseeder-error.js';
import { definedOnly } from '../defined-only.js';
import { type Invocation, type InvocationHead, invocationArguments } from '../invocation.js';
import { outlineJson } from '../json-outline.js';
import { INVOCATION_HEAD_MAX_BYTES } from '../limits.js';
import { MAP_INPUT_VARIABLE } from '../maps/map-input.js';
import { parseWith, refuseLostNames } from '../parse.js';
import { runIdSchema } from '../run-id.js';
import { labelsSchema, runNameSchema } from '../run-values.js';
import { seedkitNameSchema } from '../seedkit-names.js';
import { parseTargetReference, type TargetReference } from './target-names.js';

/** A request to start a published target. It cannot bring code or change the build. */
export const targetStartSchema = z.strictObject({
  /** Version of the request. */
  version: z.literal(1).optional(),
  /** `NAME`, `NAME@VERSION` or `NAME@ALIAS`. Without a version or an alias, the newest version runs. */
  target: z.string(),
  /** Positional arguments. Commands take at most one, which they find in `CODESEEDER_INPUT`. */
  args: invocationArguments.args.optional(),
  /** Keyword arguments of a Python function. */
  kwargs: invocationArguments.kwargs.optional(),
  /** Id of the run. Without it, the run gets the id of the event, or of the invocation of `start-target`. */
  runId: runIdSchema.optional(),
  /** Name of the seedkit, checked if it is given. */
  seedkit: seedkitNameSchema.optional(),
  /** Name of the run, shown in lists in place of its target. */
  name: runNameSchema.optional(),
  /** Labels of the run, beside those that were published. */
  labels: labelsSchema.optional(),
});
export type TargetStart = Omit<z.infer<typeof targetStartSchema>, 'target'> & {
  readonly target: TargetReference;
};

const OWN_MEMBERS: readonly string[] = Object.keys(targetStartSchema.shape);

/** Largest request that a client sends to `start-target`. Lambda accepts 6 MB. */
export const TARGET_START_MAX_BYTES = 5 * 1024 ** 2;

/** Returns whether a request starts a published target, instead of including the code or commands to run. */
export function isTargetStart(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'target');
}

/** Parses a request to start a target. @throws CodeseederError `InvalidRequest` */
export function parseTargetStart(value: unknown, subject: string): TargetStart {
  refuseLostNames(value, subject, ['args', 'kwargs']);
  const foreign = Object.keys(Object(value) as object).find((member) => !OWN_MEMBERS.includes(member));
  if (foreign !== undefined) {
    throw new CodeseederError(
      'InvalidRequest',
      `The ${subject} is not valid: ${foreign}: a start of a target has ${OWN_MEMBERS.join(', ')} and nothing else; code, build options, variables and locks are those of the published version, so publish another one to change them`,
    );
  }
  const { target, ...start } = parseWith(targetStartSchema, value, subject);
  return { ...start, target: parseTargetReference(target) };
}

/**
 * Parses the JSON text of a request to start a target. The arguments are checked, but not parsed into values.
 * @param subject names the text in errors
 * @param named the target of a request that names none
 * @returns the start without its arguments, and their texts
 * @throws CodeseederError `InvalidRequest`
 */
export function parseTargetStartText(
  bytes: Uint8Array,
  subject: string,
  named?: string,
): {
  readonly start: TargetStart;
  readonly texts: { readonly args?: Uint8Array; readonly kwargs?: Uint8Array };
} {
  const unread = ['args', 'kwargs'];
  const { value, texts } = outlineJson(bytes, { subject, unread, maxBytes: INVOCATION_HEAD_MAX_BYTES });
  const isUnnamed =
    typeof value === 'object' && value !== null && !Array.isArray(value) && !isTargetStart(value);
  const isNamedByKey = named !== undefined && isUnnamed;
  const {
    args: _args,
    kwargs: _kwargs,
    ...start
  } = parseTargetStart(isNamedByKey ? { ...value, target: named } : value, subject);
  return { start, texts: definedOnly({ args: texts.get('args'), kwargs: texts.get('kwargs') }) };
}

/** The invocation of a started version, with its arguments, and the environment variables that the start adds. */
export interface StartedInvocation {
  readonly invocation: Invocation;
  readonly environment: Readonly<Record<string, { readonly value: string; readonly type: 'PLAINTEXT' }>>;
}

/** Adds the arguments of a start to what a version runs. @throws CodeseederError `InvalidRequest` */
export function invocationOfStart(
  head: InvocationHead,
  { args = [], kwargs, target }: Pick<TargetStart, 'args' | 'kwargs' | 'target'>,
): StartedInvocation {
  if (kwargs !== undefined && head.kind !== 'python') {
    throw new CodeseederError(
      'InvalidRequest',
      `The target ${target.name} takes no kwargs: it is not a Python function. Pass args.`,
    );
  }
  switch (head.kind) {
    case 'node':
      return { invocation: { kind: 'node', target: head.target, args }, environment: {} };
    case 'python':
      return {
        invocation: { kind: 'python', target: head.target, args, kwargs: kwargs ?? {} },
        environment: {},
      };
    case 'commands':
      return { invocation: head, environment: inputVariable(args, target.name) };
  }
}

function inputVariable(args: readonly unknown[], name: string): StartedInvocation['environment'] {
  if (args.length === 0) return {};
  if (args.length > 1) {
    throw new CodeseederError(
      'InvalidRequest',
      `The target ${name} runs commands, which take at most 1 argument, but there are ${args.length}. Pass them as one array or object: the commands find it in ${MAP_INPUT_VARIABLE}.`,
    );
  }
  const [input] = args;
  const value = typeof input === 'string' ? input : JSON.stringify(input);
  return { [MAP_INPUT_VARIABLE]: { value, type: 'PLAINTEXT' } };
}
