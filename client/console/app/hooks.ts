import { useEffect, useRef, useState } from 'preact/hooks';

import { ApiError } from './fetch-api.js';
import { useMessageOf } from './seedkit-context.js';

/** Time after which a request that failed is repeated. */
const AFTER_ERROR_MS = 5_000;

/** What a page has loaded. */
export interface Loaded<T> {
  readonly value: T | undefined;
  readonly error: string | undefined;
}

/** Loads a value, and again when the key changes. Repeats a load that AWS throttled or did not answer. */
export function useLoaded<T>(key: string, load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const [loaded, setLoaded] = useState<{ value?: T; failure?: unknown }>({});
  const messageOf = useMessageOf();
  useEffect(() => {
    const end = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    setLoaded({});
    const attempt = (): void => {
      load(end.signal).then(
        (value) => {
          if (!end.signal.aborted) setLoaded({ value });
        },
        (failure: unknown) => {
          if (end.signal.aborted) return;
          setLoaded({ failure });
          if (failure instanceof ApiError && failure.isTemporary) timer = setTimeout(attempt, AFTER_ERROR_MS);
        },
      );
    };
    attempt();
    return () => {
      end.abort();
      clearTimeout(timer);
    };
  }, [key]);
  const { value, failure } = loaded;
  return { value, error: failure === undefined ? undefined : messageOf(failure) };
}

/**
 * Calls a function again and again, each time some milliseconds after it has returned, while the page is visible.
 * @param poll returns the milliseconds until the next call, or undefined to stop
 * @returns the message of the last call's error
 */
export function usePoll(
  key: string,
  poll: (signal: AbortSignal) => Promise<number | undefined>,
): string | undefined {
  const [failed, setFailed] = useState<unknown>();
  const messageOf = useMessageOf();
  const latest = useRef(poll);
  latest.current = poll;
  useEffect(() => {
    const end = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isDue = false;
    const call = async (): Promise<void> => {
      isDue = document.hidden;
      if (isDue) return;
      const waitMs = await latest.current(end.signal).then(
        (ms) => {
          setFailed(undefined);
          return ms;
        },
        (failure: unknown) => {
          if (!end.signal.aborted) setFailed(failure);
          return AFTER_ERROR_MS;
        },
      );
      if (waitMs !== undefined && !end.signal.aborted) timer = setTimeout(() => void call(), waitMs);
    };
    const onVisible = () => {
      if (isDue) void call();
    };
    document.addEventListener('visibilitychange', onVisible);
    void call();
    return () => {
      end.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, [key]);
  return failed === undefined ? undefined : messageOf(failed);
}

/** Returns the current time, which advances each second while a component needs it. */
export function useNow(isNeeded: boolean): number {
  const [nowMs, setNowMs] = useState(Date.now());
  useEffect(() => {
    if (!isNeeded) return undefined;
    const timer = setInterval(() => setNowMs(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [isNeeded]);
  return isNeeded ? Math.max(nowMs, 0) : Date.now();
}
