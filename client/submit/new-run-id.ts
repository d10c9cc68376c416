import { v7 as uuidV7 } from 'uuid';

/** An id that no other run has; ids made later sort later. */
export function newRunId(): string {
  return uuidV7();
}
