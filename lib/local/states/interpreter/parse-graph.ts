import type { State, StateGraph } from './definition.js';
import { invalidDefinition } from './definition-fields.js';
import { type Machine, parseState } from './parse-state.js';
import type { ReadGraph } from './state-schemas.js';

const NAME_MAX_CHARACTERS = 80;

/**
 * Parses states, including those of branches and item processors. The names of all these states must be different.
 * @throws AwsError `InvalidDefinition`
 * @see https://states-language.net/spec.html#toplevelfields
 */
export function parseGraph(
  { startAt, states: unread }: ReadGraph,
  path: string,
  machine: Omit<Machine, 'parseGraph'>,
  names = new Set<string>(),
): StateGraph {
  const parsing: Machine = { ...machine, parseGraph: (...inner) => parseGraph(...inner, machine, names) };
  const states = new Map<string, State>();
  for (const [name, state] of Object.entries(unread)) {
    const at = `${path}/States/${name}`;
    if (name.length > NAME_MAX_CHARACTERS)
      throw invalidDefinition(`A state name has at most ${NAME_MAX_CHARACTERS} characters`, at);
    if (names.has(name)) throw invalidDefinition(`There are two states with the name "${name}"`, at);
    names.add(name);
    states.set(name, parseState(name, state, at, parsing));
  }
  checkTransitions(startAt, states, path);
  return { startAt, states };
}

function checkTransitions(startAt: string, states: ReadonlyMap<string, State>, path: string): void {
  const reached = new Set<string>();
  const open: Transition[] = [{ to: startAt, path: `${path}/StartAt` }];
  for (let step = open.pop(); step !== undefined; step = open.pop()) {
    const state = states.get(step.to);
    if (state === undefined) {
      throw invalidDefinition(`Missing 'Next' target: ${step.to}`, step.path, 'MISSING_TRANSITION_TARGET');
    }
    if (reached.has(step.to)) continue;
    reached.add(step.to);
    open.push(...transitionsOf(state, `${path}/States/${state.name}`));
  }
  const unreached = [...states.keys()].find((name) => !reached.has(name));
  if (unreached !== undefined) {
    const problem = `State "${unreached}" is not reachable.`;
    throw invalidDefinition(problem, `${path}/States/${unreached}`, 'MISSING_TRANSITION_TARGET');
  }
}

/** The target of a transition, and the path of the field that names it. */
interface Transition {
  readonly to: string;
  readonly path: string;
}

function transitionsOf(state: State, at: string): Transition[] {
  const next = 'next' in state && state.next !== undefined ? [{ to: state.next, path: `${at}/Next` }] : [];
  if ('catch' in state) {
    return [
      ...next,
      ...state.catch.map(({ next: to }, index) => ({ to, path: `${at}/Catch[${index}]/Next` })),
    ];
  }
  if (state.type === 'Choice') {
    const ways = state.choices.map(({ next: to }, index) => ({ to, path: `${at}/Choices[${index}]/Next` }));
    return state.default === undefined ? ways : [...ways, { to: state.default, path: `${at}/Default` }];
  }
  return next;
}
