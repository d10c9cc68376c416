import { v7 as uuidV7 } from 'uuid';

/** Creates a unique run id. Ids sort by their creation time. */
export function newRunId(): string {
  return uuidV7();
}
