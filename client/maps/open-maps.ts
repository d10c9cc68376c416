import { parsePythonTarget } from '../../lib/contract/index.js';
import { definedOnly } from '../../lib/contract/defined-only.js';
import type { KitAccess } from '../kit-access.js';
import type { MapOptions, RemoteMap, SeedkitMaps } from '../map-types.js';
import type { Seedkit } from '../seedkit-types.js';
import { planRun } from '../submit/plan-run.js';
import { refuseMissingFunction } from '../submit/refuse-missing-function.js';
import { refuseWrongInputs } from '../submit/refuse-wrong-arguments.js';
import { checkKeywordArguments } from '../submit/submit-run.js';
import { listMaps } from './list-maps.js';
import { mapAgain } from './map-again.js';
import { attachMap } from './map-handle.js';
import { ownMapOptions, submitMap } from './submit-map.js';

/** Returns the maps of a seedkit. */
export function openMaps(kit: KitAccess): SeedkitMaps {
  return {
    list: async ({ aws, ...options } = {}) => listMaps(await kit.connection(aws), options),
    attach: async (mapId, { aws } = {}) => attachMap(mapId, await kit.connection(aws)),
    again: async (mapId, { aws, ...options } = {}) => mapAgain(mapId, await kit.connection(aws), options),
  };
}

/** Starts commands once for each input. */
export async function mapCommands(
  commands: readonly string[],
  inputs: Parameters<Seedkit['mapCommands']>[1],
  options: MapOptions,
  kit: KitAccess,
): Promise<RemoteMap<null>> {
  const { own, call } = ownMapOptions(options);
  const { options: merged, contents, connection } = await planRun(kit, call);
  const invocation = () => ({ kind: 'commands' as const, target: [...commands] });
  return submitMap<null>(
    { contents, kind: 'commands', invocation, options: merged, own, inputs },
    connection,
  );
}

/** Starts a Python function once for each input. */
export async function mapPython<Value>(
  text: string,
  inputs: Parameters<Seedkit['mapPython']>[1],
  options: NonNullable<Parameters<Seedkit['mapPython']>[2]>,
  kit: KitAccess,
): Promise<RemoteMap<Value>> {
  const { kwargs = {}, ...others } = options;
  const { own, call } = ownMapOptions(others);
  const head = {
    kind: 'python' as const,
    target: parsePythonTarget(text),
    args: [],
    kwargs: checkKeywordArguments(kwargs),
  };
  const { options: merged, contents, connection } = await planRun(kit, call);
  const { localModules = {}, requirementsFiles = {}, build } = merged;
  const python = definedOnly({ localModules, requirementsFiles, installer: build?.pythonInstaller });
  await refuseMissingFunction(head.target, merged);
  const invocation = () => head;
  return submitMap<Value>(
    {
      contents: { ...contents, python },
      kind: 'python',
      invocation,
      options: merged,
      own,
      inputs: refuseWrongInputs(inputs, head, merged),
    },
    connection,
  );
}
