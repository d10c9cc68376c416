import type { EventEntry, EventSender } from '../../ports.js';
import type { Json, JsonObject } from '../../resources/resource-provider.js';
import { AwsError } from '../../wire/aws-error.js';
import type { Integration, IntegrationCall } from '../interpreter/integration.js';
import { StateError } from '../interpreter/state-error.js';
import { integrationError, sdkMetadata } from './service-answer.js';

/**
 * Maximum number of entries in a request.
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */
const ENTRIES_MAX = 10;
const ENTRY_MEMBERS = ['Detail', 'DetailType', 'EventBusName', 'Resources', 'Source', 'Time', 'TraceHeader'];

/**
 * Returns the optimized integration `events:putEvents`. It adds the ARNs of the execution and its machine to the
 * resources of each event, and fails with `EventBridge.FailedEntry` if any entry failed.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-eventbridge.html
 */
export function putEvents(events: EventSender): Integration {
  return {
    required: ['Entries'],
    optional: [],
    async call(args, call) {
      const entries = readEntries(args.Entries);
      const answers = await Promise.all(entries.map((entry) => sendEntry(events, entry, call)));
      const failedEntryCount = answers.filter((answer) => 'ErrorCode' in answer).length;
      const result = { Entries: answers, FailedEntryCount: failedEntryCount };
      if (failedEntryCount > 0) throw new StateError('EventBridge.FailedEntry', JSON.stringify(result));
      return { ...result, ...sdkMetadata() };
    },
  };
}

function readEntries(value: Json | undefined): readonly JsonObject[] {
  const entries = Array.isArray(value) ? (value as readonly Json[]) : [];
  if (entries.length === 0 || entries.length > ENTRIES_MAX) {
    const refusal = new AwsError(
      'ValidationException',
      `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length from 1 to ${ENTRIES_MAX}`,
    );
    throw integrationError(refusal, 'EventBridge', 'EventBridge');
  }
  return entries.map((entry) => {
    const unknown = Object.keys(entry as object).find((name) => !ENTRY_MEMBERS.includes(name));
    if (unknown === undefined) return entry as JsonObject;
    throw new StateError('States.Runtime', `The field "${unknown}" is not supported by Step Functions`);
  });
}

type EntryAnswer = { EventId: string } | { ErrorCode: string; ErrorMessage: string };

async function sendEntry(
  events: EventSender,
  entry: JsonObject,
  call: IntegrationCall,
): Promise<EntryAnswer> {
  try {
    return { EventId: await events.send(readEntry(entry, call)) };
  } catch (error) {
    const { code, message } =
      error instanceof AwsError ? error : new AwsError('InternalFailure', String(error));
    return { ErrorCode: code, ErrorMessage: message };
  }
}

function readEntry(entry: JsonObject, { executionArn, stateMachineArn }: IntegrationCall): EventEntry {
  const { Detail: detail, EventBusName: bus, Resources: resources = [], Time: time } = entry;
  if (detail === undefined) throw missing('Detail');
  return {
    source: requiredText(entry, 'Source'),
    detailType: requiredText(entry, 'DetailType'),
    detail: typeof detail === 'string' ? detail : JSON.stringify(detail),
    resources: [...(resources as readonly string[]), executionArn, stateMachineArn],
    eventBusName: typeof bus === 'string' ? bus : undefined,
    time: typeof time === 'string' ? new Date(time) : undefined,
  };
}

function requiredText(entry: JsonObject, name: string): string {
  const value = entry[name];
  if (typeof value !== 'string' || value === '') throw missing(name);
  return value;
}

function missing(name: string): AwsError {
  return new AwsError(
    'InvalidArgument',
    `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
  );
}
