import {
  boundedFailure,
  boundedText,
  type CollectedOutcome,
  definedOnly,
  endRecord,
  EXPORTED_VARIABLES_MAX_CHARACTERS,
  isTerminal,
  type RunRecord,
  STATE_PAYLOAD_MAX_BYTES,
  toRunStateChange,
  transitionToEnd,
} from '../../lib/contract/index.js';
import { marshalledTransition } from '../../lib/run-store/record.js';
import type { RunOutcome } from './run-outcome.js';

/** A run with its outcome. */
export interface DescribedRun {
  /** The record; for a run that has none, the record that RecordQueued would have written. */
  readonly record: RunRecord;
  readonly isRecorded: boolean;
  /** Absent when the record is terminal: another writer ended the run. */
  readonly outcome?: RunOutcome;
}

/** Bytes of a state's payload reserved for the fields that Step Functions adds to a handler's output. */
const ENVELOPE_BYTES = 16_384;
const SMALLEST_SHARE = 1 / 256;

/**
 * A `finishedAt` that never matches. RecordOutcome accepts a terminal record whose `finishedAt` equals its own, because
 * that is its earlier write. With this value its condition rejects the write: another writer ended the run.
 */
const NEVER = new Date(0).toISOString();

/**
 * Returns the update, the event and the output with which the state machine ends a run. Truncates texts until they fit
 * one state's payload.
 * @param share fraction of the text limits to use, above 0 and up to 1
 */
export function describeOutcome(run: DescribedRun, share = 1): CollectedOutcome {
  const described = describe(run, share);
  const sizeBytes = Buffer.byteLength(JSON.stringify(described));
  const isFitting = sizeBytes <= STATE_PAYLOAD_MAX_BYTES - ENVELOPE_BYTES;
  return isFitting || share <= SMALLEST_SHARE ? described : describeOutcome(run, share / 2);
}

function describe({ record, isRecorded, outcome }: DescribedRun, share: number): CollectedOutcome {
  const change =
    outcome === undefined
      ? { status: record.status, finishedAt: NEVER }
      : endRecord(record, boundedEnd(outcome, share), outcome.finishedAt);
  const ended: RunRecord = outcome === undefined ? record : { ...record, ...change };
  if (!isTerminal(ended.status)) throw new TypeError(`The run ${record.runId} has not ended.`);
  return {
    status: ended.status,
    error: ended.failure?.code ?? '',
    cause: ended.failure?.message ?? '',
    transition: marshalledTransition(transitionToEnd(change, isRecorded ? undefined : record)),
    event: toRunStateChange(ended),
    output: {
      runId: record.runId,
      status: ended.status,
      outputKey: ended.outputKey ?? null,
      result: ended.result ?? null,
      exportedVariables: ended.exportedVariables ?? {},
    },
  };
}

/** Returns the members of the record that the outcome sets, with truncated texts and without undefined members. */
function boundedEnd({ finishedAt: _finishedAt, ...outcome }: RunOutcome, share: number) {
  const { failure, exportedVariables = {}, ...rest } = outcome;
  const hasExported = Object.keys(exportedVariables).length > 0;
  return definedOnly({
    ...rest,
    failure: failure && boundedFailure(failure, share),
    exportedVariables: hasExported ? boundedVariables(exportedVariables, share) : undefined,
  });
}

function boundedVariables(
  variables: Readonly<Record<string, string>>,
  share: number,
): Record<string, string> {
  let left = Math.floor(EXPORTED_VARIABLES_MAX_CHARACTERS * share);
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => {
      const bounded = boundedText(value, left);
      left = Math.max(0, left - bounded.length);
      return [name, bounded];
    }),
  );
}
