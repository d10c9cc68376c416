/** Descriptions of arguments that name runs or maps. A shell completes an argument by its description. */
import { LATEST, PREFIX_MIN } from './short-ids.js';

const SHORT = `its first ${PREFIX_MIN} or more characters, or ${LATEST}`;

export const RUN_ID = `id of the run, ${SHORT}`;
export const RUN_IDS = `ids of the runs, the first ${PREFIX_MIN} or more characters of each, or ${LATEST}`;
export const MAP_ID = `id of the map, ${SHORT}`;
