import type { SFNClient } from '@aws-sdk/client-sfn';

import {
  CodeseederError,
  executionArnOf,
  type ExecutionState,
  type MapDescription,
  type MapRequest,
  parseJson,
  parseMapRequest,
} from '../../lib/contract/index.js';
import type { Connection } from '../connection/connection.js';
import { filesOf } from '../connection/seedkit-resources.js';
import { adviceOnUnknownId } from '../local-account.js';

/** The state machine of a seedkit's maps, with the client to use it. */
export interface MapMachine {
  readonly sfn: SFNClient;
  readonly mapMachineArn: string;
}

/** Returns the state machine of maps. @throws CodeseederError `SeedkitNotReady` for a seedkit of an earlier version */
export async function mapMachineOf(connection: Connection): Promise<MapMachine> {
  const { mapMachineArn } = await connection.deployed();
  if (mapMachineArn === undefined) {
    throw new CodeseederError(
      'SeedkitNotReady',
      `The seedkit ${connection.seedkit} has no state machine of maps: it was deployed by an earlier version. Deploy it again. \`codeseeder upgrade --seedkit ${connection.seedkit}\` names the command.`,
    );
  }
  return { sfn: await connection.clients.states(), mapMachineArn };
}

/** A map whose execution still exists in Step Functions. */
export interface FoundMap {
  readonly execution: ExecutionState;
  readonly request: MapRequest;
  readonly description: MapDescription;
}

/** Finds a map by its execution. @throws CodeseederError `MapNotFound`, `InputMissing`, `InputChanged` */
export async function findMap(mapId: string, connection: Connection): Promise<FoundMap> {
  const { sfn, mapMachineArn } = await mapMachineOf(connection);
  const { describeExecution } = await import('../../lib/run-store/execution.js');
  const execution = await describeExecution(sfn, executionArnOf(mapMachineArn, mapId));
  if (execution.status === 'MISSING') {
    throw new CodeseederError(
      'MapNotFound',
      `The seedkit ${connection.seedkit} has no map ${JSON.stringify(mapId)}, or its execution has expired: Step Functions keeps it for 90 days. ${adviceOnUnknownId(mapMachineArn)}`,
    );
  }
  const request = parseMapRequest(parseJson(execution.input ?? '', `request of the map ${mapId}`));
  const { readMapDescription } = await import('../../lib/run-store/maps.js');
  return { execution, request, description: await readMapDescription(request, await filesOf(connection)) };
}
