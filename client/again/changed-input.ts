import {
  CodeseederError,
  type Invocation,
  parseInvocation,
  refuseRoundedIntegers,
} from '../../lib/contract/index.js';
import type { AgainOptions } from '../call-option-types.js';
import { checkArguments, checkKeywordArguments } from '../submit/submit-run.js';

/** Other arguments than those of the run that is repeated. */
export type OtherArguments = Pick<AgainOptions, 'args' | 'kwargs'>;

/** Returns whether there are other arguments. */
export function hasOtherArguments({ args, kwargs }: OtherArguments): boolean {
  return args !== undefined || kwargs !== undefined;
}

/**
 * Checks arguments as those of a call.
 * @throws CodeseederError `ArgumentsNotJson`, `InvalidRequest` if they are too large
 */
export function checkOtherArguments({ args, kwargs }: OtherArguments): OtherArguments {
  return {
    args: args && checkArguments(args),
    kwargs: kwargs && checkKeywordArguments(kwargs),
  };
}

/**
 * Returns the JSON of an invocation with other arguments. Arguments that are not given keep their values.
 * @throws CodeseederError `InvalidRequest` for arguments that the invocation cannot have, or if an argument that keeps
 *   its value has an integer that JavaScript rounds
 */
export function withArguments(runId: string, content: Uint8Array, other: OtherArguments): Uint8Array {
  const invocation = parseInvocation(JSON.parse(Buffer.from(content).toString()));
  const changed = changedInvocation(runId, invocation, other);
  return Buffer.from(JSON.stringify(parseInvocation(changed)));
}

function changedInvocation(
  runId: string,
  invocation: Invocation,
  { args, kwargs }: OtherArguments,
): Record<string, unknown> {
  if (invocation.kind === 'commands') {
    throw new CodeseederError(
      'InvalidRequest',
      `The run ${runId} runs commands, which have no arguments. Run other commands from their source.`,
    );
  }
  if (invocation.kind === 'node') {
    if (kwargs === undefined) return { ...invocation, args };
    throw new CodeseederError(
      'InvalidRequest',
      `The run ${runId} calls a Node.js function, which has no keyword arguments. Pass args.`,
    );
  }
  if (args === undefined) refuseRoundedIntegers(invocation.args, 'args');
  if (kwargs === undefined) refuseRoundedIntegers(invocation.kwargs, 'kwargs');
  return { ...invocation, args: args ?? invocation.args, kwargs: kwargs ?? invocation.kwargs };
}
