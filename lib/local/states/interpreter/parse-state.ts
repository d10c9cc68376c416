import { z } from 'zod';

import type { State, StateGraph } from './definition.js';
import { invalidDefinition, readFields } from './definition-fields.js';
import type { IntegrationShapes } from './integration.js';
import { parseMap } from './parse-map.js';
import { parseTask } from './parse-task.js';
import { branchSchema, type ReadGraph, STATE_SCHEMAS } from './state-schemas.js';

/** The data of a machine with which its states are parsed. */
export interface Machine {
  readonly queryLanguage: unknown;
  readonly integrations: IntegrationShapes;
  /** Parses the states of a branch or of an item processor. */
  readonly parseGraph: (graph: ReadGraph, path: string) => StateGraph;
  /** Labels of the distributed Map states that have been parsed. */
  readonly labels: Set<string>;
}

type Unnamed = z.output<(typeof STATE_SCHEMAS)['Wait' | 'Choice' | 'Pass' | 'Succeed' | 'Fail']>;

const anyStateSchema = z.looseObject({ Type: z.string(), QueryLanguage: z.unknown().optional() });

/** Parses a state. @throws AwsError `InvalidDefinition` */
export function parseState(name: string, value: unknown, path: string, machine: Machine): State {
  const { Type: type, QueryLanguage = machine.queryLanguage } = readFields(anyStateSchema, value, path);
  if (QueryLanguage !== 'JSONata') {
    throw invalidDefinition(
      `The local AWS runs JSONata states only, and this one's QueryLanguage is ${JSON.stringify(QueryLanguage)}`,
      path,
    );
  }
  switch (type) {
    case 'Task':
      return parseTask(name, value, path, machine.integrations);
    case 'Map':
      return parseMap(name, value, path, machine);
    case 'Parallel': {
      const state = readFields(STATE_SCHEMAS.Parallel, value, path);
      const branches = state.branches.map((branch, index) => {
        const at = `${path}/Branches[${index}]`;
        return machine.parseGraph(readFields(branchSchema, branch, at), at);
      });
      return { ...state, name, branches };
    }
    case 'Wait':
    case 'Choice':
    case 'Pass':
    case 'Succeed':
    case 'Fail': {
      const state: Unnamed = readFields<z.ZodType<Unnamed>>(STATE_SCHEMAS[type], value, path);
      return { ...state, name };
    }
    default:
      throw invalidDefinition(
        `State type ${JSON.stringify(type)} is not supported; the local AWS has Task, Parallel, Map, Wait, Choice, Pass, Succeed and Fail`,
        `${path}/Type`,
      );
  }
}
