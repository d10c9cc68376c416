import type { ProgressListener } from '../../progress-types.js';

/** A warning of packing. */
export interface PackingWarning {
  /** The code that may need something that is not in the bundle, and what to do. */
  readonly message: string;
  /** Path of the source file, if it is known. */
  readonly file?: string | undefined;
  /** Line in the source file, counted from 1. */
  readonly line?: number | undefined;
}

/** What one ignore pattern left out of one folder. */
export interface LeftOutFiles {
  /** Path of the folder. */
  readonly folder: string;
  /** The ignore pattern. */
  readonly pattern: string;
  /** Number of files. */
  readonly files: number;
  /** Sum of the files' sizes in bytes. */
  readonly sizeBytes: number;
}

/** Warnings and left-out files of packing, as `--json` prints them. */
export interface PackingReport {
  /** Warnings of packing; empty if `run` packed nothing, absent if the command never packs, such as `start`. */
  readonly warnings: readonly PackingWarning[];
  /** What ignore patterns left out of the bundle; empty or absent like `warnings`. */
  readonly leftOut: readonly LeftOutFiles[];
}

/** Collects the report from progress events, and passes all events on to a listener. */
export function collectPackingReport(listener: ProgressListener): {
  readonly report: PackingReport;
  readonly onProgress: ProgressListener;
} {
  const warnings: PackingWarning[] = [];
  const leftOut: LeftOutFiles[] = [];
  return {
    report: { warnings, leftOut },
    onProgress(event) {
      const { type, ...details } = event;
      if (type === 'warning') warnings.push(details as PackingWarning);
      if (type === 'leftOut') leftOut.push(details as LeftOutFiles);
      listener(event);
    },
  };
}
