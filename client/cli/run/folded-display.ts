import { phasesFrom } from '../../../lib/contract/build-phases.js';
import type { ProgressEvent } from '../../progress-types.js';
import { shortIds, SHOWN_MIN } from '../ids/short-ids.js';
import { fittedLines } from '../print-problem.js';
import { repeatedOf } from '../next-commands.js';
import type { SeedkitOption } from '../seedkit-option.js';
import { oneLine, withoutColours } from '../printable.js';
import { isInteractive, marksOf, printLine, type Terminal } from '../terminal.js';
import { describeProgress } from './describe-progress.js';
import { LogFold, type LogNews } from './fold-log.js';
import type { Display, DisplayOptions } from './display.js';
import { describeSeconds, describeSpan } from '../../durations.js';
import { openStatusLine } from './status-line.js';

/** Events that a terminal only shows in its status line, and that are lines elsewhere. */
const PASSING: ReadonlySet<ProgressEvent['type']> = new Set([
  'packing',
  'packed',
  'uploading',
  'uploaded',
  'status',
] as const);

/** Returns whether log and end of the run tell the same as an event, so that it is a line only with `--verbose`. */
function isRepeated(event: ProgressEvent): boolean {
  if (event.type === 'status') return event.status !== 'QUEUED' && event.status !== 'BUILDING';
  return event.type === 'phase' || event.type === 'finished';
}

/**
 * Opens the display of the user's lines and of the phases around them: with a status line on a terminal, as plain lines
 * elsewhere.
 */
export function openFoldedDisplay(terminal: Terminal, own: DisplayOptions): Display {
  const { verbose = false, commands, runId } = own;
  const status = new Status();
  const line = isInteractive(terminal)
    ? openStatusLine(terminal, (frame) => status.textAt(frame, terminal))
    : undefined;
  const print = (text: string) => (line === undefined ? printLine(terminal.stderr, text) : line.print(text));
  const foldOf = (id: string) => new LogFold(commands, logCommandOf(id, own, terminal));
  let fold = runId === undefined ? new LogFold(commands) : foldOf(runId);
  const showNews = (news: readonly LogNews[]) =>
    news.flatMap((each) => linesOfNews(each, terminal)).forEach(print);
  line?.show();
  return {
    onProgress(event) {
      if (event.type === 'repeating') showNews(fold.close(true, new Set()));
      if (event.type === 'submitted') fold = foldOf(event.runId);
      status.onProgress(event);
      if (isShown(event, verbose, line !== undefined)) linesOfEvent(event, terminal).forEach(print);
    },
    onLog(message) {
      for (const text of message.split('\n').map((part) => part.replace(/\r$/, ''))) {
        const news = fold.read(text);
        if (verbose) print(text);
        else showNews(news);
      }
      status.onPhase(fold.phase);
      status.lastLine = fold.lastFolded;
    },
    hide: () => line?.hide(),
    unhide: () => line?.show(),
    end({ hasFailed, errorLines }) {
      const news = fold.close(hasFailed, errorLines);
      if (!verbose) showNews(news);
    },
  };
}

/** Returns the command that prints the whole log of a run. */
export function logCommandOf(
  runId: string,
  flags: SeedkitOption,
  terminal: Pick<Terminal, 'environment' | 'program'>,
): string {
  return repeatedOf(`runs logs ${shortIds([runId], SHOWN_MIN.roomy).join('')} --verbose`, flags, terminal);
}

function isShown(event: ProgressEvent, isVerbose: boolean, hasStatusLine: boolean): boolean {
  if (isVerbose) return true;
  return !isRepeated(event) && (!hasStatusLine || !PASSING.has(event.type));
}

/** Events whose lines have a URL, a path or a sentence. */
const BROKEN: ReadonlySet<ProgressEvent['type']> = new Set(['submitted', 'warning', 'leftOut']);

/** Returns an event as one line. On a terminal, those of {@link BROKEN} are broken between words. */
function linesOfEvent(event: ProgressEvent, { stderr, program }: Terminal): string[] {
  const text = describeProgress(event);
  return BROKEN.has(event.type) ? fittedLines(stderr, program, text) : [text];
}

/** Returns the lines of news on the terminal. */
export function linesOfNews(news: LogNews, terminal: Terminal): string[] {
  if (news.kind === 'line') return [news.line];
  const { phase, durationMs, hasSucceeded, lines } = news;
  const { passed, failed, colour } = marksOf(terminal);
  const took = durationMs === undefined ? '' : describeSeconds(durationMs);
  if (hasSucceeded)
    return [passed === '' ? `phase ${phase}: ${took}` : `${colour('green', passed)} ${phase} ${took}`];
  const end = took === '' ? 'failed' : `failed after ${took}`;
  const heading = failed === '' ? `phase ${phase}: ${end}` : `${colour('red', failed)} ${phase} ${end}`;
  return [...lines, heading];
}

/** Returns the words of the status line after an event. */
function stateAfter(event: ProgressEvent): string {
  switch (event.type) {
    case 'packed':
      return 'packed';
    case 'submitted':
      return 'submitted';
    case 'status':
      if (event.status === 'BUILDING') return 'building';
      return event.status === 'QUEUED' ? describeProgress(event) : 'finishing';
    case 'finished':
      return 'finishing';
    default:
      return describeProgress(event);
  }
}

/** Text of the status line. */
class Status {
  lastLine: string | undefined;
  #phase: string | undefined;
  readonly #startedAtMs = Date.now();
  #state = 'starting';
  #isBuilding = false;

  onProgress(event: ProgressEvent): void {
    if (event.type === 'phase') this.onPhase(event.phase);
    else if (event.type !== 'warning' && event.type !== 'leftOut') this.#state = stateAfter(event);
    if (event.type === 'status') this.#isBuilding = event.status === 'BUILDING';
    if (event.type === 'submitted') {
      this.#phase = undefined;
      this.lastLine = undefined;
    }
  }

  /** Sets the phase, unless a later one is known: the log and the record tell the phase at different times. */
  onPhase(phase: string | undefined): void {
    if (phase === undefined) return;
    if (this.#phase === undefined || phasesFrom(this.#phase).includes(phase)) this.#phase = phase;
  }

  textAt(frame: number, terminal: Terminal): string {
    const { frames, separator } = marksOf(terminal);
    const phase = this.#isBuilding ? this.#phase : undefined;
    const parts = [this.#state, phase, describeSpan(Date.now() - this.#startedAtMs)];
    const last =
      this.lastLine === undefined || !this.#isBuilding ? undefined : oneLine(withoutColours(this.lastLine));
    const text = [...parts, last].filter((part) => part !== undefined).join(separator);
    return `${frames[frame % frames.length]} ${text}`;
  }
}
