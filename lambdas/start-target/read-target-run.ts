import { type CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';

import {
  CodeseederError,
  definedOnly,
  isTransientError,
  type ReadTargetRun,
  resultKey,
  type RunRecord,
  TARGET_RESULT_MAX_BYTES,
  type TargetRunPage,
} from '../../lib/contract/index.js';
import { readRecord, type RunTable } from '../../lib/run-store/record.js';
import { readObject, type S3Bucket } from '../../lib/s3-objects.js';

export interface ReadTargetRunClients extends S3Bucket, RunTable {
  readonly logs: CloudWatchLogsClient;
  readonly seedkit: string;
}

/**
 * Maximum number of lines in one page. Together with the record and the result, they fit the 6 MB that Lambda returns.
 */
const PAGE_LINES = 1_000;
/** Maximum characters of one line. CloudWatch Logs allows 1 MiB. */
const LINE_MAX_CHARACTERS = 1_000;

/**
 * Reads the record, the log and the result of a run of a published target.
 * @throws CodeseederError `RunNotFound` for a run of other code, which callers of this handler may not read;
 *   `ResultTooLarge`
 */
export async function readTargetRun(
  { runId, log = false, logToken, result = false }: ReadTargetRun,
  clients: ReadTargetRunClients,
): Promise<TargetRunPage> {
  const record = await readRecordOfTarget(runId, clients);
  if (record === undefined) return { lines: [] };
  const page = log ? await readPage(record, logToken, clients) : { lines: [] };
  return {
    record,
    ...page,
    ...definedOnly({ result: result ? await resultOf(record, clients) : undefined }),
  };
}

/**
 * Reads the record of a run of a target.
 * @throws CodeseederError `RunNotFound` for a run that brought its own code
 */
export async function readRecordOfTarget(
  runId: string,
  clients: RunTable & Pick<ReadTargetRunClients, 'seedkit'>,
): Promise<RunRecord | undefined> {
  const record = await readRecord(runId, clients);
  if (record === undefined || record.published !== undefined) return record;
  throw new CodeseederError(
    'RunNotFound',
    `The run ${runId} of the seedkit ${clients.seedkit} is no run of a published target. Other runs need the rights of the client policy.`,
  );
}

async function readPage(
  { logGroup, logStream }: RunRecord,
  logToken: string | undefined,
  { logs }: ReadTargetRunClients,
): Promise<Pick<TargetRunPage, 'lines' | 'logToken' | 'isThrottled'>> {
  const unchanged = { lines: [], ...definedOnly({ logToken }) };
  if (logGroup === undefined || logStream === undefined) return unchanged;
  const command = new GetLogEventsCommand({
    logGroupName: logGroup,
    logStreamName: logStream,
    startFromHead: true,
    limit: PAGE_LINES,
    nextToken: logToken,
  });
  try {
    const { events = [], nextForwardToken } = await logs.send(command);
    const lines = events.map(({ timestamp = 0, message = '' }) => ({
      timestampMs: timestamp,
      message: message.replace(/\r?\n$/, '').slice(0, LINE_MAX_CHARACTERS),
    }));
    return { lines, ...definedOnly({ logToken: nextForwardToken }) };
  } catch (error) {
    // CodeBuild creates the group and the stream with the first line.
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return unchanged;
    if (!isTransientError(error)) throw error;
    return { ...unchanged, isThrottled: true };
  }
}

async function resultOf(
  { runId, outputKey, result }: RunRecord,
  clients: ReadTargetRunClients,
): Promise<string | undefined> {
  if (outputKey === undefined || result === undefined) return undefined;
  if (result.sizeBytes > TARGET_RESULT_MAX_BYTES) {
    throw new CodeseederError(
      'ResultTooLarge',
      `The result of the run ${runId} has ${result.sizeBytes} bytes, at most ${TARGET_RESULT_MAX_BYTES} can be read through start-target. Let the function put large data into S3 and return its location, or read the run with the rights of the client policy.`,
    );
  }
  const object = await readObject(resultKey(outputKey), clients, TARGET_RESULT_MAX_BYTES);
  return object?.content === undefined ? undefined : Buffer.from(object.content).toString();
}
