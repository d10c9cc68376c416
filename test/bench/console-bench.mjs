// Measures pages of the console in Chromium, over a local AWS: frames while a log of 100,000 lines arrives and while it
// is scrolled, and the time until a list of 10,000 runs shows its first rows.
import { tsImport } from 'tsx/esm/api';

import { medianOf } from './row.mjs';

// Silences the SDK's warning about its future Node.js version.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const LINES = 100_000;
const RECORDS = 10_000;
/** Sixty frames a second, with the share of a frame by which the times of frames differ. */
const FRAME_MS = 17;
const FIRST_ROWS_MS = 1_000;
const LOADS = 5;

export async function* rows() {
  const { openMeasuredConsole } = await tsImport('./measured-console.ts', import.meta.url);
  const measured = await openMeasuredConsole();
  try {
    yield frameRow('console: a frame while a log arrives', await measured.followLog(LINES));
    yield frameRow('console: a frame while it is scrolled', await measured.scrollLog());
    await measured.addRecords(RECORDS);
    const loads = [];
    for (let load = 0; load < LOADS; load += 1) loads.push(await measured.loadList());
    yield {
      name: `console: first rows of ${RECORDS} runs`,
      measured: medianOf(loads.map(({ rowsMs }) => rowsMs)),
      bound: FIRST_ROWS_MS,
      unit: 'ms',
      detail: `${loads.map(({ rowsMs }) => rowsMs.toFixed(0)).join(', ')}; first paint ${medianOf(loads.map(({ paintMs }) => paintMs)).toFixed(0)} ms`,
    };
  } finally {
    await measured.close();
  }
}

/** @param {{ frames: number[], lines: number, more?: string }} what times between frames, in milliseconds */
function frameRow(name, { frames, lines, more = '' }) {
  const sorted = [...frames].sort((a, b) => a - b);
  const seconds = frames.reduce((sum, ms) => sum + ms, 0) / 1000;
  const at = (share) => sorted[Math.floor(share * (sorted.length - 1))].toFixed(0);
  return {
    name,
    measured: (seconds * 1000) / frames.length,
    bound: FRAME_MS,
    unit: 'ms',
    detail: `${(frames.length / seconds).toFixed(1)} frames/s over ${seconds.toFixed(1)} s, 95 % in ${at(0.95)} ms, longest ${at(1)} ms; ${lines} lines${more}`,
  };
}
