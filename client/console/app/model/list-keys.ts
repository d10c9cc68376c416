/** The keys that go through a list. */

/** A key that was pressed. */
export interface PressedKey {
  readonly key: string;
  readonly altKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
}

const STEPS: Readonly<Record<string, 1 | -1>> = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 };

/**
 * Returns the index of the entry that a key leads to; undefined for another key or an empty list. Without a focused
 * entry, each of the keys leads to the first.
 *
 * @param at index of the focused entry; -1 if none has the focus
 */
export function entryAfterKey(pressed: PressedKey, at: number, length: number): number | undefined {
  const step = STEPS[pressed.key];
  const isShortcut = pressed.altKey || pressed.ctrlKey || pressed.metaKey;
  if (step === undefined || isShortcut || length === 0) return undefined;
  return Math.max(0, Math.min(length - 1, at + step));
}
