/** What a page shows of a list that it reads again and again. */

/** How far a list is known. */
export interface KnownList<Entry> {
  /** The entries that were read last. */
  readonly entries: readonly Entry[];
  /** Whether the entries are those that the page asks for now, and not those of other filters. */
  readonly isLoaded: boolean;
  /** Why the last read failed; undefined if it succeeded. */
  readonly error: string | undefined;
}

/** Returns the entries to show: the last known ones, but none of other filters once a read has failed. */
export function entriesToShow<Entry>({ entries, isLoaded, error }: KnownList<Entry>): readonly Entry[] {
  return isLoaded || error === undefined ? entries : [];
}

/** Returns what to say below a list: that it is read, or that it is empty. Nothing is said after a read that failed. */
export function noteOfList<Entry>({
  entries,
  isLoaded,
  error,
}: KnownList<Entry>): 'loading' | 'empty' | undefined {
  if (error !== undefined) return undefined;
  if (!isLoaded) return 'loading';
  return entries.length === 0 ? 'empty' : undefined;
}
