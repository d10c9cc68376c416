import { DefinitionFields, parseNext } from './definition-fields.js';
import type { ParallelState, StateGraph } from './definition.js';
import { parseRetrying, RETRYING_FIELDS } from './parse-retrying.js';

/** @throws AwsError `InvalidDefinition` */
export function parseParallel(
  name: string,
  fields: DefinitionFields,
  parseGraph: (fields: DefinitionFields) => StateGraph,
  anyState: readonly string[],
): ParallelState {
  const own = ['Branches', 'Arguments', ...RETRYING_FIELDS, 'Next', 'End', 'Assign', 'Output'];
  fields.only([...anyState, ...own], 'a Parallel state');
  const branches = fields.array('Branches').map((value, index) => {
    const branch = new DefinitionFields(value, `${fields.path}/Branches[${index}]`);
    branch.only(['Comment', 'StartAt', 'States'], 'a branch');
    return parseGraph(branch);
  });
  return {
    type: 'Parallel',
    name,
    branches,
    arguments: fields.has('Arguments') ? fields.template('Arguments') : undefined,
    ...parseRetrying(fields),
    next: parseNext(fields),
    ...fields.assigning({ result: true }),
  };
}
