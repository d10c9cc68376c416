import type { News } from './ordered-news.js';
import type { SeedkitOption } from '../seedkit-option.js';
import type { OutputFlags } from './output-flags.js';

/** The end of a run, as far as it decides which lines of the log are shown. */
export interface DisplayedEnd {
  readonly hasFailed: boolean;
  /** Lines that are printed as the error of the run, and are not repeated. */
  readonly errorLines: ReadonlySet<string>;
}

/** A display that shows events and lines immediately. */
export interface Display extends News {
  hide(): void;
  unhide(): void;
  end(end: DisplayedEnd): void;
}

/** What a display depends on beside the terminal. */
export interface DisplayOptions extends OutputFlags, SeedkitOption {
  /** Commands of the user, as far as they are known. */
  readonly commands?: readonly string[] | undefined;
  /** Id of the run, unless an event of its start has it. */
  readonly runId?: string | undefined;
}
