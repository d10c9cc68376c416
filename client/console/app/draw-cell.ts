import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { INPUT_STATES, type InputState } from '../api.js';
import { CELL } from './model/cells.js';

/** Colours of the states, of the cross in failed cells (the background's), and of the frame around the chosen cell. */
export interface Tones extends Readonly<Record<InputState, string>> {
  readonly ground: string;
  readonly frame: string;
}

/**
 * Reads the colours of the states from elements, because a canvas does not know the variables and schemes of style
 * sheets. Reads them again when the reader changes between light and dark.
 */
export function useTones(swatches: RefObject<HTMLElement | null>): Tones | undefined {
  const [tones, setTones] = useState<Tones>();
  useEffect(() => {
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const read = () => {
      if (swatches.current !== null) setTones(tonesOf(swatches.current));
    };
    read();
    scheme.addEventListener('change', read);
    return () => scheme.removeEventListener('change', read);
  }, []);
  return tones;
}

function tonesOf(swatches: HTMLElement): Tones {
  const { backgroundColor: ground, color: frame } = getComputedStyle(swatches);
  const colours = [...swatches.children].map((swatch) => getComputedStyle(swatch).color);
  const [failed = frame, running = frame, waiting = frame, succeeded = frame] = INPUT_STATES.map(
    (_, index) => colours[index],
  );
  return { failed, running, waiting, succeeded, ground, frame };
}

const SIDE = CELL - 3;

/**
 * Draws one cell. States differ in shape, too: a failed input is crossed out, a running one has a core, and one that
 * waits is empty.
 */
export function drawCell(
  context: CanvasRenderingContext2D,
  cell: {
    readonly x: number;
    readonly y: number;
    readonly state: InputState;
    readonly tones: Tones;
    readonly isChosen: boolean;
  },
): void {
  const { state, tones, isChosen } = cell;
  const [x, y] = [cell.x + 1.5, cell.y + 1.5];
  context.lineWidth = 1.5;
  context.fillStyle = tones[state];
  context.strokeStyle = tones[state];
  if (state === 'failed' || state === 'succeeded') context.fillRect(x - 0.5, y - 0.5, SIDE, SIDE);
  else context.strokeRect(x + 0.5, y + 0.5, SIDE - 2, SIDE - 2);
  if (state === 'running') context.fillRect(x + 3, y + 3, SIDE - 7, SIDE - 7);
  if (state === 'failed') cross(context, x + 2.5, y + 2.5, SIDE - 6, tones.ground);
  if (!isChosen) return;
  context.lineWidth = 2;
  context.strokeStyle = tones.frame;
  context.strokeRect(cell.x + 1, cell.y + 1, CELL - 3, CELL - 3);
}

function cross(context: CanvasRenderingContext2D, x: number, y: number, side: number, tone: string): void {
  context.strokeStyle = tone;
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x + side, y + side);
  context.moveTo(x + side, y);
  context.lineTo(x, y + side);
  context.stroke();
}
