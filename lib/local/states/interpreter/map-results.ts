import type { ResultWriter } from './distributed-map-schemas.js';
import type { ChildEnd } from './map-run.js';
import { DATA_LIMIT_EXCEEDED, PAYLOAD_MAX_BYTES, StateError } from './state-error.js';

/** Collects the results of the child executions of a map run. */
export interface MapResults {
  /** Whether the result also contains children that were not started. */
  readonly hasPending: boolean;
  /**
   * Adds the result of a child.
   * @param index position of the child's input among all inputs
   * @throws StateError
   */
  add(child: ChildEnd, index: number): Promise<void>;
  /**
   * Completes the results. Is also called for a failed map run.
   * @returns the result of the Map state
   * @throws StateError
   */
  finish(): Promise<unknown>;
}

/**
 * Returns the texts that the result contains for a child execution. For a failed child, it is always its description.
 */
export function resultTexts(child: ChildEnd, transformation: ResultWriter['transformation']): string[] {
  if (transformation === 'NONE' || child.status !== 'SUCCEEDED')
    return [JSON.stringify(describeChild(child))];
  const { output = 'null' } = child;
  if (transformation === 'COMPACT' || !output.trimStart().startsWith('[')) return [output];
  return (JSON.parse(output) as unknown[]).map((item) => JSON.stringify(item));
}

/**
 * Collects outputs in memory, in the order of the items. They are the result of the Map state, so they must fit into
 * a state's data.
 */
export function keptResults(transformation: ResultWriter['transformation'] = 'COMPACT'): MapResults {
  let texts: string[][] = [];
  let bytes = 1;
  return {
    hasPending: false,
    add(child, index) {
      const ofChild = resultTexts(child, transformation);
      for (const text of ofChild) bytes += Buffer.byteLength(text) + 1;
      if (bytes > PAYLOAD_MAX_BYTES) texts = [];
      else texts[index] = ofChild;
      return Promise.resolve();
    },
    async finish() {
      if (bytes > PAYLOAD_MAX_BYTES) {
        throw new StateError(
          DATA_LIMIT_EXCEEDED,
          'The map run returned a result with a size exceeding the maximum number of bytes service limit.',
        );
      }
      return JSON.parse(`[${texts.flat().join(',')}]`) as unknown;
    },
  };
}

/**
 * Returns the description of a child execution in the result.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
 */
export function describeChild(child: ChildEnd): Readonly<Record<string, unknown>> {
  const { status, output, startedAtMs, stoppedAtMs } = child;
  return {
    Cause: child.cause,
    Error: child.error,
    ExecutionArn: child.arn,
    Input: child.input,
    InputDetails: { Included: true },
    Name: child.name,
    Output: output,
    OutputDetails: output === undefined ? undefined : { Included: true },
    RedriveCount: 0,
    RedriveStatus: 'NOT_REDRIVABLE',
    StartDate: startedAtMs === undefined ? undefined : new Date(startedAtMs).toISOString(),
    StateMachineArn: child.machineArn,
    Status: status,
    StopDate: stoppedAtMs === undefined ? undefined : new Date(stoppedAtMs).toISOString(),
  };
}
