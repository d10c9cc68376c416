import { invalidDefinition } from './definition-fields.js';
import type { State, StateGraph } from './definition.js';

/**
 * Refuses a branch or item processor that assigns a variable of an enclosing scope. A distributed Map state starts a
 * new scope, because child executions cannot see outer variables.
 * @throws AwsError `InvalidDefinition`
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
 */
export function checkVariables(graph: StateGraph, outer: ReadonlySet<string> = new Set()): void {
  const states = [...graph.states.values()];
  const own = states.flatMap(assignedBy);
  const again = own.find((name) => outer.has(name));
  if (again !== undefined) {
    throw invalidDefinition(`The variable "${again}" is assigned outside of this branch, too`, '/States');
  }
  for (const state of states) {
    for (const inner of innerGraphs(state)) checkVariables(inner, new Set([...outer, ...own]));
    for (const separate of separateGraphs(state)) checkVariables(separate);
  }
}

function innerGraphs(state: State): readonly StateGraph[] {
  if (state.type === 'Parallel') return state.branches;
  return state.type === 'Map' && state.distributed === undefined ? [state.processor] : [];
}

function separateGraphs(state: State): readonly StateGraph[] {
  return state.type === 'Map' && state.distributed !== undefined ? [state.processor] : [];
}

/** Returns the variables that a state, its Choice rules and its Catchers assign. */
function assignedBy(state: State): string[] {
  const assigning = [
    state,
    ...(state.type === 'Choice' ? state.choices : []),
    ...('catch' in state ? state.catch : []),
  ];
  return assigning.flatMap((fields) => ('assign' in fields ? Object.keys(fields.assign ?? {}) : []));
}
