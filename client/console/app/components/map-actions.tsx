import { useState } from 'preact/hooks';

import type { MapRecord } from '../../../../lib/contract/index.js';
import type { StartedMap } from '../../api.js';
import { postJson } from '../fetch-api.js';
import { isRunning } from '../model/map-list.js';
import { navigate } from '../router.js';
import { AskedAction, cancellationOf, ReasonField } from './asked-action.js';

/** Buttons that cancel a map, or start its unsuccessful inputs again. Both ask first. */
export function MapActions({ record }: { readonly record: MapRecord }) {
  const { mapId, status } = record;
  const [reason, setReason] = useState('');
  if (isRunning(record))
    return (
      <AskedAction
        key="cancel"
        name="Cancel map"
        isDanger
        act={async () => {
          await postJson(`/api/maps/${mapId}/cancel`, cancellationOf(reason));
        }}
      >
        <p>
          Cancel this map? It starts no further run, and its runs in progress and their builds are stopped.
          Keep the console open until the map has ended.
        </p>
        <ReasonField reason={reason} setReason={setReason} storedIn="the records of the runs" />
      </AskedAction>
    );
  // All runs of a map that succeeded have succeeded, so there is nothing to start again.
  if (status === 'SUCCEEDED') return null;
  return (
    <AskedAction
      key="again"
      name="Run again"
      act={async () => {
        const started = await postJson<StartedMap>(`/api/maps/${mapId}/again`, {});
        navigate(`/maps/${started.mapId}`);
      }}
    >
      <p>Start a new map over the inputs whose runs did not succeed or were not started?</p>
    </AskedAction>
  );
}
