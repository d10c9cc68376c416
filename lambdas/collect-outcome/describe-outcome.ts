import { marshall } from '@aws-sdk/util-dynamodb';

import {
  boundedFailure,
  boundedText,
  type CollectedOutcome,
  EXPORTED_VARIABLES_MAX_CHARACTERS,
  isTerminal,
  type RunChange,
  type RunRecord,
  STATE_PAYLOAD_MAX_BYTES,
  toRunStateChange,
  transitionOfActiveRun,
} from '../../lib/contract/index.js';
import type { RunOutcome } from './run-outcome.js';

export interface DescribedRun {
  /** The record as it is, or as it would be had the run been recorded. */
  readonly record: RunRecord;
  readonly isRecorded: boolean;
  /** Missing when the record is over already: another writer ended the run, and its end stands. */
  readonly outcome?: RunOutcome;
}

/** Room that Step Functions' envelope around a handler's answer takes in the state. */
const ENVELOPE_BYTES = 16_384;
const SMALLEST_SHARE = 1 / 256;

/**
 * When an end that another writer recorded would have been this execution's. The machine takes a record with the
 * `finishedAt` it was about to write as its own, written before; with this one the record refuses the write.
 */
const NEVER = new Date(0).toISOString();

/** What the machine records, announces and ends with. Texts are cut until all of it fits one state. */
export function describeOutcome(run: DescribedRun, share = 1): CollectedOutcome {
  const described = describe(run, share);
  const sizeBytes = Buffer.byteLength(JSON.stringify(described));
  const isFitting = sizeBytes <= STATE_PAYLOAD_MAX_BYTES - ENVELOPE_BYTES;
  return isFitting || share <= SMALLEST_SHARE ? described : describeOutcome(run, share / 2);
}

function describe({ record, isRecorded, outcome }: DescribedRun, share: number): CollectedOutcome {
  const change =
    outcome === undefined ? { status: record.status, finishedAt: NEVER } : changeOf(record, outcome, share);
  const ended: RunRecord = outcome === undefined ? record : { ...record, ...change };
  const { runId: _runId, ...base } = record;
  const { values, ...expressions } = transitionOfActiveRun(change, isRecorded ? {} : base);
  if (!isTerminal(ended.status)) throw new TypeError(`The run ${record.runId} is not over.`);
  return {
    status: ended.status,
    error: ended.failure?.code ?? '',
    cause: ended.failure?.message ?? '',
    transition: {
      ...expressions,
      ExpressionAttributeValues: marshall(values, {
        removeUndefinedValues: true,
        convertClassInstanceToMap: true,
      }),
    },
    event: toRunStateChange(ended),
    output: {
      runId: record.runId,
      status: ended.status,
      outputKey: ended.outputKey ?? null,
      exportedVariables: ended.exportedVariables ?? {},
    },
  };
}

function changeOf(
  record: RunRecord,
  outcome: RunOutcome,
  share: number,
): RunChange & Pick<RunRecord, 'status'> {
  const { failure, exportedVariables = {}, finishedAt, ...rest } = outcome;
  const hasExported = Object.keys(exportedVariables).length > 0;
  return {
    ...rest,
    ...(failure !== undefined && { failure: boundedFailure(failure, share) }),
    ...(hasExported && { exportedVariables: boundedVariables(exportedVariables, share) }),
    finishedAt: finishedAt.toISOString(),
    durationMs: Math.max(0, finishedAt.getTime() - Date.parse(record.queuedAt)),
  };
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
