import { useEffect, useMemo, useState } from 'preact/hooks';

import type { MapRecord } from '../../../../lib/contract/index.js';
import type { InputState } from '../../api.js';
import { CommandsTab } from '../components/commands-tab.js';
import { Breakable } from '../components/breakable.js';
import { CopyButton } from '../components/copy-button.js';
import { InputGrid } from '../components/input-grid.js';
import { InputList } from '../components/input-list.js';
import { MapActions } from '../components/map-actions.js';
import { MapFacts } from '../components/map-facts.js';
import { MapProgress, StateFilter } from '../components/map-progress.js';
import { ProblemNote } from '../components/problem.js';
import { Status } from '../components/status.js';
import { type FollowedMap, useMapView } from '../follow-map.js';
import { useNow } from '../hooks.js';
import { commandsOfMap } from '../model/commands.js';
import { isRunning } from '../model/map-list.js';
import { Link } from '../router.js';
import { useCommandPlace } from '../seedkit-context.js';

/** Everything about one map. */
export function MapPage({ mapId }: { readonly mapId: string }) {
  const place = useCommandPlace();
  const { map, error } = useMapView(mapId);
  const record = map?.view.record;
  useEffect(() => {
    const { name, target = mapId, status } = record ?? {};
    document.title = `${status ?? ''} ${name ?? target} · codeseeder console`.trim();
  }, [record]);
  return (
    <div class="map-page">
      <nav class="crumbs" aria-label="Breadcrumb">
        <Link to="/maps">Maps</Link> <span aria-hidden="true">/</span> <code>{mapId}</code>{' '}
        <CopyButton text={mapId} what="the id" />
      </nav>
      <ProblemNote message={error} />
      {map === undefined ? (
        <p class="quiet">{error === undefined ? 'Loading the map …' : <Link to="/maps">All maps</Link>}</p>
      ) : (
        <LoadedMap mapId={mapId} map={map} />
      )}
      {record !== undefined && (
        <details class="map-commands">
          <summary>Commands</summary>
          <CommandsTab commands={commandsOfMap(mapId, place, record.status)} />
        </details>
      )}
    </div>
  );
}

function MapHead({ record, nowMs }: { readonly record: MapRecord; readonly nowMs: number }) {
  const { status, name, target } = record;
  return (
    <>
      <div class="title">
        <Status status={status} />
        <h1>
          <Breakable text={name ?? target} />
        </h1>
        <MapActions record={record} />
      </div>
      {name !== undefined && <p class="target">{target}</p>}
      <MapFacts record={record} nowMs={nowMs} />
    </>
  );
}

function LoadedMap({ mapId, map }: { readonly mapId: string; readonly map: FollowedMap }) {
  const { record, counts, problem, cancelProblem } = map.view;
  const isOver = record !== undefined && !isRunning(record);
  const nowMs = useNow(!isOver);
  const [shown, setShown] = useState<InputState>();
  const order = useMemo(() => map.inputs.order(shown), [map, shown]);
  return (
    <>
      {record === undefined ? (
        <div class="title">
          <Status status="RUNNING" />
          <h1>{mapId}</h1>
        </div>
      ) : (
        <MapHead record={record} nowMs={nowMs} />
      )}
      {cancelProblem !== undefined && (
        <ProblemNote message={`The map was not canceled completely. Cancel it again. ${cancelProblem}`} />
      )}
      {problem !== undefined && <p class="quiet map-problem">{problem}</p>}
      {counts !== undefined && (
        <>
          <MapProgress counts={counts} isOver={isOver} />
          <StateFilter counts={counts} shown={shown} show={setShown} isOver={isOver} />
          <section class="panel" aria-label="Inputs">
            <InputGrid map={map} mapId={mapId} order={order} isOver={isOver} />
          </section>
          <InputList map={map} mapId={mapId} order={order} shown={shown} isOver={isOver} nowMs={nowMs} />
        </>
      )}
    </>
  );
}
