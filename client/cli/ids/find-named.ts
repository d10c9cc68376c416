/** Finds what a command line names by a whole id, by the start of an id, or as the latest one. */
import { CodeseederError } from '../../../lib/contract/index.js';
import { UsageError } from '../exit-code.js';
import { oneLine } from '../printable.js';
import { printProblem } from '../print-problem.js';
import { fittedTo } from '../text-columns.js';
import { shortTime } from '../short-time.js';
import type { Terminal } from '../terminal.js';
import { isWholeId, LATEST, PREFIX_MIN } from './short-ids.js';

/** Number of the newest runs, or maps, among which an id is found by its start. */
export const SEARCHED_MAX = 1_000;

/** Candidates that a message lists. */
const LISTED_MAX = 10;

/** Columns of a target in a message. */
const TARGET_COLUMNS = 40;

/** A run or map that a text may name. */
export interface Named {
  readonly id: string;
  /** Status, time of queueing and what it runs. Undefined if they are not known. */
  readonly known?: { readonly status: string; readonly queuedAt: string; readonly target: string };
}

/** How to find runs, or maps. */
export interface Finding<Handle> {
  readonly noun: 'run' | 'map';
  /** Code of the error of `attach` for an id that does not exist. */
  readonly missing: 'RunNotFound' | 'MapNotFound';
  readonly attach: (id: string) => Promise<Handle>;
  /** Returns the newest one. */
  readonly newest: () => Promise<Named | undefined>;
  /** Returns those among the newest {@link SEARCHED_MAX} whose ids begin with the text, the newest first. */
  readonly startingWith: (text: string) => Promise<readonly Named[]>;
}

/** Prints on standard error what a text was found to name. */
export type Tell = (line: string) => void;

/** Returns the {@link Tell} of a command. @param isQuiet whether the command prints only errors on standard error */
export function tellOn(terminal: Terminal, isQuiet = false): Tell {
  return (line) => (isQuiet ? undefined : printProblem(terminal, line));
}

/**
 * Returns the handle of what a text names. An id that exists takes precedence over `latest` and over the start of
 * another id.
 * @throws UsageError if the text is the start of several ids
 * @throws CodeseederError `RunNotFound`, `MapNotFound`
 */
export async function findNamed<Handle>(text: string, finding: Finding<Handle>, tell: Tell): Promise<Handle> {
  const { id, handle } = await find(text, finding, tell);
  return handle ?? finding.attach(id);
}

/** Returns the id of what a text names, as {@link findNamed}. A whole id is not looked up. */
export async function findNamedId<Handle>(
  text: string,
  finding: Finding<Handle>,
  tell: Tell,
): Promise<string> {
  return isWholeId(text) ? text : (await find(text, finding, tell)).id;
}

/** Finds an id, with the handle if the text is the id itself. */
async function find<Handle>(
  text: string,
  finding: Finding<Handle>,
  tell: Tell,
): Promise<{ readonly id: string; readonly handle?: Handle }> {
  const exact = await attachOrMissing(text, finding);
  if ('handle' in exact) {
    if (text === LATEST)
      tell(`${LATEST} is the id of a ${finding.noun}, so it does not name the newest one.`);
    return { id: text, handle: exact.handle };
  }
  const named = text === LATEST ? await newestOf(finding) : await startOf(text, exact.error, finding);
  tell(`${text} is the ${finding.noun} ${described(named)}`);
  return { id: named.id };
}

async function attachOrMissing<Handle>(
  text: string,
  { attach, missing }: Finding<Handle>,
): Promise<{ readonly handle: Handle } | { readonly error: CodeseederError }> {
  try {
    return { handle: await attach(text) };
  } catch (error) {
    if (error instanceof CodeseederError && error.code === missing) return { error };
    throw error;
  }
}

async function newestOf<Handle>({ newest, noun, missing }: Finding<Handle>): Promise<Named> {
  const named = await newest();
  if (named !== undefined) return named;
  throw new CodeseederError(missing, `There is no latest ${noun}: the last 30 days have none.`);
}

/** @throws the given error for a text that can only be a whole id */
async function startOf<Handle>(
  text: string,
  error: CodeseederError,
  finding: Finding<Handle>,
): Promise<Named> {
  if (isWholeId(text)) throw error;
  const { noun, missing, startingWith } = finding;
  if (text.length < PREFIX_MIN)
    throw new CodeseederError(
      missing,
      `${error.message} The start of an id has at least ${PREFIX_MIN} characters.`,
      { cause: error },
    );
  const [first, ...others] = await startingWith(text);
  if (first === undefined)
    throw new CodeseederError(
      missing,
      `${error.message} None of the newest ${SEARCHED_MAX.toLocaleString('en')} ${noun}s of the last 30 days has an id that starts so. An older one needs its whole id.`,
      { cause: error },
    );
  if (others.length > 0) throw ambiguous(text, [first, ...others], noun);
  return first;
}

function ambiguous(text: string, found: readonly Named[], noun: string): UsageError {
  const left = found.length - LISTED_MAX;
  const lines = [
    `${JSON.stringify(text)} is the start of the ids of ${found.length} ${noun}s. Give more of the id:`,
    ...found.slice(0, LISTED_MAX).map((named) => `  ${listed(named)}`),
    ...(left > 0 ? [`  and ${left} more`] : []),
  ];
  return new UsageError(lines.join('\n'));
}

function described({ id, known }: Named): string {
  return known === undefined ? id : `${id}, ${describeKnown(known)}`;
}

/** Describes a run or map in a list. An id without a comma behind it can be selected, and fits 40 columns. */
function listed({ id, known }: Named): string {
  return known === undefined ? id : `${id} ${describeKnown(known)}`;
}

function describeKnown({ status, queuedAt, target }: NonNullable<Named['known']>): string {
  const when = `${status}, ${shortTime(Date.now() - Date.parse(queuedAt))} ago`;
  return target === '' ? when : `${when}: ${fittedTo(TARGET_COLUMNS, oneLine(target))}`;
}
