import { fileURLToPath } from 'node:url';

/** A position in a stack: a path or a file URL, with line and column. */
const FRAME = /(file:\/\/\/[^\s()]+|\/[^\s()]+):(\d+):\d+\)?$/;

/** Returns the message of an error that importing a module threw, with its position in the project's code. */
export function describeImportError(thrown: unknown, file: string): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const place = placeOf(thrown.stack ?? '');
  const text = `${thrown.name}: ${thrown.message}`;
  return place === undefined || text.includes(place) ? text : `${text} (${place}, imported by ${file})`;
}

/** Returns the innermost position outside Node and packages. */
function placeOf(stack: string): string | undefined {
  const frames = stack.split('\n').map((line) => FRAME.exec(line));
  const [, at = '', line] =
    frames.find((frame) => frame !== null && !frame[1]?.includes('node_modules')) ?? [];
  if (at === '') return undefined;
  return `${at.startsWith('file:') ? fileURLToPath(at) : at}:${line}`;
}
