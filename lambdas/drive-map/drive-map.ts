import type { CollectedMap, DriveMapInput, PreparedInput, PreparedMap } from '../../lib/contract/index.js';
import { collectMap } from './collect-map.js';
import type { DriveMapDependencies } from './dependencies.js';
import { prepareInput } from './prepare-input.js';
import { prepareMap } from './prepare-map.js';

/** Carries out one step of a map. @throws CodeseederError */
export function driveMap(
  input: DriveMapInput,
  dependencies: DriveMapDependencies,
): Promise<PreparedMap | PreparedInput | CollectedMap> {
  switch (input.step) {
    case 'PrepareMap':
      return prepareMap(input, dependencies);
    case 'PrepareInput':
      return prepareInput(input.item, dependencies);
    case 'CollectMap':
      return collectMap(input, dependencies);
  }
}
