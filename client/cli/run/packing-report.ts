import type { ProgressListener } from '../../progress-types.js';
import type { LeftOutFiles, PackingReport, PackingWarning } from '../output-types.js';

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
