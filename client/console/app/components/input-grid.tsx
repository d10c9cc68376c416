import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { INPUT_STATES } from '../../api.js';
import type { FollowedMap } from '../follow-map.js';
import { CELL, cellAfterKey, cellAt, cellsInView, columnsOf, rowsOfCells } from '../model/cells.js';
import { nameOfState } from '../model/map-inputs.js';
import { navigate } from '../router.js';
import { drawCell, type Tones, useTones } from '../draw-cell.js';
import { useBox } from '../use-box.js';

/**
 * The inputs of a map as a grid of cells. Only the cells in view are drawn, into one canvas, so that a hundred thousand
 * inputs take no longer than a hundred. The list below it has the same inputs for readers who do not see it.
 */
export function InputGrid(props: {
  readonly map: FollowedMap;
  readonly mapId: string;
  readonly order: Int32Array;
  readonly isOver: boolean;
}) {
  const { map, mapId, order, isOver } = props;
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const swatches = useRef<HTMLSpanElement>(null);
  const [chosen, setChosen] = useState<number>();
  const { top, width, height } = useBox(box);
  const tones = useTones(swatches);
  const columns = columnsOf(width);
  const rows = rowsOfCells(order.length, columns);
  useEffect(() => {
    if (canvas.current === null || tones === undefined) return;
    draw(canvas.current, { map, order, columns, top, width, height, tones, chosen });
  }, [map, order, columns, top, width, height, tones, chosen]);
  const view: GridView = { map, mapId, order, columns };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && chosen !== undefined) return openInput(chosen, view);
    const next = cellAfterKey(event.key, chosen, order.length, columns);
    if (next === undefined) return undefined;
    event.preventDefault();
    setChosen(next);
    reveal(box.current, Math.floor(next / columns));
    return undefined;
  };
  return (
    <div class="inputs">
      <Swatches swatches={swatches} />
      <div
        class="input-box"
        ref={box}
        tabIndex={0}
        role="region"
        aria-label="Grid of inputs. Arrow keys move, Enter opens the run"
        onKeyDown={onKey}
        onMouseMove={(event) => setChosen(cellUnder(event, view))}
        onClick={(event) => openInput(cellUnder(event, view), view)}
      >
        <div class="input-space" style={{ height: `${rows * CELL}px` }}>
          <canvas ref={canvas} aria-hidden="true" />
        </div>
      </div>
      <p class="quiet input-name" role="status">
        {chosen === undefined || chosen >= order.length
          ? `${order.length.toLocaleString()} ${order.length === 1 ? 'input' : 'inputs'}`
          : describe(map, order[chosen] ?? 0, isOver)}
      </p>
    </div>
  );
}

/** Elements that have the colours of the states. */
function Swatches({ swatches }: { readonly swatches: RefObject<HTMLSpanElement | null> }) {
  return (
    <span class="swatches" ref={swatches} aria-hidden="true">
      {INPUT_STATES.map((state) => (
        <i key={state} class={`input-${state}`} />
      ))}
    </span>
  );
}

/** What the cells of a grid stand for. */
interface GridView {
  readonly map: FollowedMap;
  readonly mapId: string;
  readonly order: Int32Array;
  readonly columns: number;
}

/** Returns the cell at the place of an event of the mouse. */
function cellUnder(
  event: MouseEvent & { readonly currentTarget: HTMLElement },
  { order, columns }: GridView,
): number | undefined {
  const box = event.currentTarget;
  const { left, top } = box.getBoundingClientRect();
  return cellAt(event.clientX - left, event.clientY - top + box.scrollTop, order.length, columns);
}

/** Opens the run of an input, if it has one. */
function openInput(cell: number | undefined, { map: { inputs }, mapId, order }: GridView): void {
  const position = cell === undefined ? undefined : order[cell];
  if (position === undefined || inputs.stateAt(position) === 'waiting') return;
  navigate(`/runs/${mapId}-${inputs.indexAt(position)}`);
}

function describe({ inputs }: FollowedMap, position: number, isOver: boolean): string {
  return `Input ${inputs.indexAt(position)}: ${nameOfState(inputs.stateAt(position), isOver).toLowerCase()}`;
}

/** Scrolls to a row, unless it is in view. */
function reveal(element: HTMLElement | null, row: number): void {
  if (element === null) return;
  const { scrollTop, clientHeight } = element;
  if (row * CELL < scrollTop) element.scrollTop = row * CELL;
  else if ((row + 1) * CELL > scrollTop + clientHeight) element.scrollTop = (row + 1) * CELL - clientHeight;
}

interface Drawing {
  readonly map: FollowedMap;
  readonly order: Int32Array;
  readonly columns: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly tones: Tones;
  readonly chosen: number | undefined;
}

/** Draws the cells in view. */
function draw(canvas: HTMLCanvasElement, drawing: Drawing): void {
  const { map, order, columns, top, width, height, tones, chosen } = drawing;
  const context = canvas.getContext('2d');
  if (context === null) return;
  const scale = devicePixelRatio;
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  const { start, end } = cellsInView({ top, height }, order.length, columns);
  for (let cell = start; cell < end; cell += 1) {
    const x = (cell % columns) * CELL;
    const y = Math.floor(cell / columns) * CELL - top;
    const state = map.inputs.stateAt(order[cell] ?? 0);
    drawCell(context, { x, y, state, tones, isChosen: cell === chosen });
  }
}
