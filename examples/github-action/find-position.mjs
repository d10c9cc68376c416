// Finds the position of a remote error in the sources of the project.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** A frame of a stack in JavaScript: `at name (FILE:LINE:COLUMN)`. */
const FRAME = /^\s*at (?:.*\()?((?:file:\/\/)?[^()]+):(\d+):(\d+)\)?$/;
/** A frame of a traceback in Python. */
const PYTHON_FRAME = /^\s*File "([^"]+)", line (\d+)/;

/**
 * Returns the innermost frame of a stack that is in a file of the project.
 *
 * @param {string | undefined} stack
 * @param {string} folder working folder of the command
 * @param {string} repository folder to which the returned file is relative
 * @returns {{ file: string, line: number, column?: number } | undefined} a traceback of Python has no column
 */
export function findPosition(stack, folder, repository) {
  if (typeof stack !== 'string') return undefined;
  const lines = stack.split('\n');
  const frames = lines.map((line) => FRAME.exec(line)).filter((match) => match !== null);
  // The innermost call is the first in JavaScript, and the last in Python.
  const calls = lines.map((line) => PYTHON_FRAME.exec(line)).filter((match) => match !== null);
  for (const [, named, line, column] of [...frames, ...calls.reverse()]) {
    const file = fileInProject(named, folder, repository);
    if (file === undefined) continue;
    return { file, line: Number(line), ...(column === undefined ? {} : { column: Number(column) }) };
  }
  return undefined;
}

/** The files of a stack are relative to the folder of the command, or to one above it, such as that of a workspace. */
function fileInProject(named, folder, repository) {
  const file = named.startsWith('file://') ? toPath(named) : named;
  for (let base = folder; ; base = path.dirname(base)) {
    const absolute = path.resolve(base, file);
    const relative = path.relative(repository, absolute).split(path.sep).join('/');
    const isInside = relative !== '' && !relative.startsWith('../') && !path.isAbsolute(relative);
    if (isInside && !relative.includes('node_modules/') && existsSync(absolute)) return relative;
    if (base === path.dirname(base)) return undefined;
  }
}

function toPath(url) {
  try {
    return fileURLToPath(url);
  } catch {
    return url;
  }
}
