import { fileURLToPath } from 'node:url';

/** A place in a stack: a path or a file URL, with line and column. */
const FRAME = /(file:\/\/\/[^\s()]+|\/[^\s()]+):(\d+):\d+\)?$/;

/** Renders what a module threw while it was imported, with the place in the project's code that it came from. */
export function describeImportError(thrown: unknown, file: string): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const place = placeOf(thrown.stack ?? '');
  const said = `${thrown.name}: ${thrown.message}`;
  return place === undefined || said.includes(place) ? said : `${said} (${place}, imported by ${file})`;
}

/** The innermost place outside of Node and of packages. */
function placeOf(stack: string): string | undefined {
  const frames = stack.split('\n').map((line) => FRAME.exec(line));
  const [, at = '', line] =
    frames.find((frame) => frame !== null && !frame[1]?.includes('node_modules')) ?? [];
  if (at === '') return undefined;
  return `${at.startsWith('file:') ? fileURLToPath(at) : at}:${line}`;
}
