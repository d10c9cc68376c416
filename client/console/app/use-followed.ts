import { useState } from 'preact/hooks';

import { getJson } from './fetch-api.js';
import { usePoll } from './hooks.js';

/** What a page reads again and again. */
export interface Followed<T> {
  readonly value: T | undefined;
  readonly error: string | undefined;
  /** Reads at once, such as after an action. */
  readonly refresh: () => void;
}

/** Reads from the API at an interval, while the page is visible. */
export function useFollowed<T>(path: string, everyMs: number): Followed<T> {
  const [value, setValue] = useState<T>();
  const [reads, setReads] = useState(0);
  const error = usePoll(`${path} ${reads}`, async (signal) => {
    setValue(await getJson<T>(path, signal));
    return everyMs;
  });
  return { value, error, refresh: () => setReads((count) => count + 1) };
}
