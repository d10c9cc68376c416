import { nearName } from '../../../near-name.js';
import type { Parameter, Signature } from './read-signature.js';

/** The number of positional arguments of a call, and the names of its keyword arguments. */
export interface GivenArguments {
  readonly count: number;
  readonly names: readonly string[];
}

/** Why Python would refuse a call. */
export interface ArgumentProblem {
  /** The end of a sentence about the call, such as `lacks the argument name of greet(name)`. */
  readonly problem: string;
  /** What to do, as a sentence; undefined if it is to call the function as it is defined. */
  readonly remedy?: string;
}

/**
 * Returns why Python would refuse a call; undefined if it would not.
 * @param named the function in the problem, such as `greet(name) in app.py`
 */
export function argumentProblem(
  { parameters }: Signature,
  given: GivenArguments,
  named: string,
): ArgumentProblem | undefined {
  const positional = parameters.filter(({ kind }) => kind === 'positionOnly' || kind === 'either');
  const filled = positional.slice(0, given.count).map(({ name }) => name);
  const call = { parameters, ...given, filled, named };
  return unknownName(call) ?? tooMany(call, positional.length) ?? twice(call) ?? missing(call);
}

interface Call extends GivenArguments, Pick<Signature, 'parameters'> {
  /** Parameters that get a positional argument. */
  readonly filled: readonly string[];
  readonly named: string;
}

function unknownName({ parameters, names, filled, named }: Call): ArgumentProblem | undefined {
  if (has(parameters, 'names')) return undefined;
  const byName = parameters.filter(({ kind }) => isNamed(kind)).map(({ name }) => name);
  const unknown = names.find((name) => !byName.includes(name));
  if (unknown === undefined) return undefined;
  if (parameters.some(({ name, kind }) => name === unknown && kind === 'positionOnly')) {
    return { problem: `has the keyword argument ${unknown}, which ${named} takes by its position only` };
  }
  const free = byName.filter((name) => !names.includes(name) && !filled.includes(name));
  const near = nearName(unknown, free);
  const problem = `has the keyword argument ${unknown}, which ${named} does not take`;
  return near === undefined ? { problem } : { problem, remedy: `Did you mean ${near}?` };
}

function tooMany({ parameters, count, named }: Call, most: number): ArgumentProblem | undefined {
  if (count <= most || has(parameters, 'list')) return undefined;
  const taken = most === 0 ? 'none' : `at most ${most}`;
  return {
    problem: `has ${count} positional argument${count === 1 ? '' : 's'}, and ${named} takes ${taken}`,
  };
}

function twice({ parameters, names, filled, named }: Call): ArgumentProblem | undefined {
  const doubled = parameters.find(
    ({ name, kind }) => kind === 'either' && filled.includes(name) && names.includes(name),
  );
  if (doubled === undefined) return undefined;
  return {
    problem: `has the argument ${doubled.name} of ${named} twice, by its position and by its name`,
    remedy: 'Leave one of them out.',
  };
}

function missing({ parameters, names, filled, named }: Call): ArgumentProblem | undefined {
  const lacking = parameters
    .filter(({ kind, hasDefault }) => kind !== 'list' && kind !== 'names' && !hasDefault)
    .filter(({ name, kind }) => !filled.includes(name) && !(isNamed(kind) && names.includes(name)))
    .map(({ name }) => name);
  if (lacking.length === 0) return undefined;
  return {
    problem: `lacks the argument${lacking.length === 1 ? '' : 's'} ${lacking.join(', ')} of ${named}`,
  };
}

/** Returns whether a parameter can be given by its name. */
function isNamed(kind: Parameter['kind']): boolean {
  return kind === 'either' || kind === 'keywordOnly';
}

function has(parameters: readonly Parameter[], searched: Parameter['kind']): boolean {
  return parameters.some(({ kind }) => kind === searched);
}
