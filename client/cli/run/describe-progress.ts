import { whereToSee } from '../../console-url.js';
import type { ProgressEvent } from '../../progress-types.js';
import { oneLine } from '../printable.js';

/** Returns an event as one line. */
export function describeProgress(event: ProgressEvent): string {
  return oneLine(describeEvent(event));
}

function describeEvent(event: ProgressEvent): string {
  switch (event.type) {
    case 'packing':
      return 'packing the bundle';
    case 'warning':
      return `warning: ${describePosition(event)}${event.message}`;
    case 'leftOut':
      return `left out of ${event.folder}: ${countFiles(event.files)}, ${event.sizeBytes} bytes, by ${event.pattern}`;
    case 'packed':
      return `packed ${countFiles(event.files)}, ${event.sizeBytes} bytes, digest ${event.digest.slice(0, 12)}`;
    case 'uploading':
      return `uploading the layer ${event.layer}: ${event.sizeBytes} bytes`;
    case 'uploaded':
      return event.alreadyPresent
        ? `the layer ${event.layer} is already in the bucket, nothing uploaded`
        : `uploaded the layer ${event.layer}`;
    case 'submitted':
      return `run ${event.runId} submitted: ${whereToSee(event.runId, event.consoleUrl)}`;
    case 'status':
      return describeStatus(event);
    case 'phase':
      return `phase ${event.phase}`;
    case 'repeating':
      return `repeating run ${event.runId}: ${event.reason}`;
    case 'finished':
      return `finished: ${event.status}`;
  }
}

function describeStatus({ status, reason }: Extract<ProgressEvent, { type: 'status' }>): string {
  if (status === 'BUILDING') return 'build started';
  if (status !== 'QUEUED') return `ended: ${status}`;
  return reason === undefined ? 'queued' : `queued: ${reason}`;
}

function countFiles(files: number): string {
  return files === 1 ? '1 file' : `${files} files`;
}

function describePosition({ file, line }: Extract<ProgressEvent, { type: 'warning' }>): string {
  if (file === undefined) return '';
  return line === undefined ? `${file}: ` : `${file}:${line}: `;
}
