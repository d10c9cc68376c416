import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

import { ALLOW_LIST_MAX_BYTES, CodeseederError, type AllowList } from '../contract/index.js';

/**
 * Returns the environment variable that passes the allow list to `prepare-run`.
 *
 * @throws CodeseederError `InvalidRequest` for a list that exceeds Lambda's limit on environment variables
 */
export function allowListVariable(scope: Construct, allow: AllowList): string {
  const text = Stack.of(scope).toJsonString(allow);
  const sizeBytes = Buffer.byteLength(JSON.stringify(allow));
  if (sizeBytes > ALLOW_LIST_MAX_BYTES) {
    throw new CodeseederError(
      'InvalidRequest',
      `The allow list has ${sizeBytes} bytes; at most ${ALLOW_LIST_MAX_BYTES} fit into a handler's environment variables. Use patterns that end in * for names that start alike, such as arn:aws:iam::123456789012:role/team-*.`,
    );
  }
  return text;
}
