import { useMemo, useState } from 'preact/hooks';

import type { DefinitionView, RunView } from '../../api.js';
import { pathOf } from '../model/execution-path.js';
import { graphOfPath, machineGraph, type MachineGraph, mainPart } from '../model/machine-graph.js';
import { GraphDrawing } from './graph-drawing.js';

/** The state machine of a run, with the way that its execution took. */
export function MachineView(props: {
  readonly view: RunView;
  readonly definition: DefinitionView | undefined;
  readonly nowMs: number;
}) {
  const { view, definition, nowMs } = props;
  const [isWhole, setWhole] = useState(false);
  const path = useMemo(() => pathOf(view.history), [view.history]);
  const whole = useMemo(() => readGraph(definition), [definition]);
  const graph = useMemo(
    () => (whole === undefined ? graphOfPath(path) : isWhole ? whole : mainPart(whole, path)),
    [whole, path, isWhole],
  );
  return (
    <section class="machine panel" aria-label="State machine">
      <header>
        <h2>State machine</h2>
        {whole !== undefined && (
          <label class="check">
            <input type="checkbox" checked={isWhole} onChange={() => setWhole(!isWhole)} /> all states
          </label>
        )}
      </header>
      {view.historyProblem !== undefined && <p class="quiet">{view.historyProblem}</p>}
      {definition?.problem !== undefined && (
        <p class="quiet">Only visited states: the definition cannot be read. {definition.problem}</p>
      )}
      {definition !== undefined && graph.states.length > 0 && (
        <GraphDrawing graph={graph} path={path} nowMs={nowMs} />
      )}
    </section>
  );
}

function readGraph(view: DefinitionView | undefined): MachineGraph | undefined {
  return view?.definition === undefined ? undefined : machineGraph(view.definition);
}
