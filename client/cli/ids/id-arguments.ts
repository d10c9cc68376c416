import { Argument } from 'commander';

import { valueOfKind } from '../value-kinds.js';
import { LATEST, PREFIX_MIN } from './short-ids.js';

const SHORT = `its first ${PREFIX_MIN} or more characters, or ${LATEST}`;

/** Creates the argument that names a run. */
export function runId(): Argument {
  return valueOfKind('run', new Argument('<id>', `id of the run, ${SHORT}`));
}

/** Creates the argument that names runs. */
export function runIds(): Argument {
  const description = `ids of the runs, the first ${PREFIX_MIN} or more characters of each, or ${LATEST}`;
  return valueOfKind('run', new Argument('<ids...>', description));
}

/** Creates the argument that names a map. */
export function mapId(): Argument {
  return valueOfKind('map', new Argument('<id>', `id of the map, ${SHORT}`));
}
