import type { ProgressEvent, ProgressListener } from '../../progress-types.js';

type Details<Type extends ProgressEvent['type']> = Omit<Extract<ProgressEvent, { type: Type }>, 'type'>;

/** Warnings and left-out files of packing, as `--json` prints them. */
export interface PackingReport {
  readonly warnings: readonly Details<'warning'>[];
  readonly leftOut: readonly Details<'leftOut'>[];
}

/** Collects the report from progress events, and passes all events on to a listener. */
export function collectPackingReport(listener: ProgressListener): {
  readonly report: PackingReport;
  readonly onProgress: ProgressListener;
} {
  const warnings: Details<'warning'>[] = [];
  const leftOut: Details<'leftOut'>[] = [];
  return {
    report: { warnings, leftOut },
    onProgress(event) {
      const { type, ...details } = event;
      if (type === 'warning') warnings.push(details as Details<'warning'>);
      if (type === 'leftOut') leftOut.push(details as Details<'leftOut'>);
      listener(event);
    },
  };
}
