import { AwsError } from '../wire/aws-error.js';

/** Members that change nothing on one machine. */
const HARMLESS = new Set([
  'ConsistentRead',
  'OnDemandThroughput',
  'ReturnConsumedCapacity',
  'ReturnItemCollectionMetrics',
  'ReturnValuesOnConditionCheckFailure',
  'SSESpecification',
  'TableClass',
  'WarmThroughput',
]);

/** @throws AwsError `ValidationException` naming a member that would be ignored */
export function checkMembers(operation: string, input: object, known: ReadonlySet<string>): void {
  for (const [name, value] of Object.entries(input)) {
    const off = value === undefined || value === null || value === false || isOff(value);
    if (off || known.has(name) || HARMLESS.has(name)) continue;
    throw new AwsError('ValidationException', `The local place does not model ${name} of ${operation}.`);
  }
}

function isOff(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && 'StreamEnabled' in value && value.StreamEnabled === false
  );
}
