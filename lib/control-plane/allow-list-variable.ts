import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

import { ALLOW_LIST_MAX_BYTES, CodeseederError, type AllowList } from '../contract/index.js';

/**
 * What `prepare-run` is given of an allow list.
 *
 * @throws CodeseederError `InvalidRequest` for a list that a handler's variables have no room for
 */
export function allowListVariable(scope: Construct, allow: AllowList): string {
  const text = Stack.of(scope).toJsonString(allow);
  const sizeBytes = Buffer.byteLength(JSON.stringify(allow));
  if (sizeBytes > ALLOW_LIST_MAX_BYTES) {
    throw new CodeseederError(
      'InvalidRequest',
      `The allow list makes ${sizeBytes} bytes, at most ${ALLOW_LIST_MAX_BYTES}: it travels in a handler's variable. Use patterns that end in * for names that start alike, such as arn:aws:iam::123456789012:role/team-*.`,
    );
  }
  return text;
}
