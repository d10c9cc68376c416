import type { AnyNode } from 'acorn';

import type { LineIndex } from './line-index.js';
import type { ModuleReference, PathPattern, ReferenceUse } from './module-findings.js';
import { HOLE } from './path-value.js';

const MAX_TEXT = 100;

/** A reference before its line and text are determined. */
export interface FoundReference {
  readonly use: ReferenceUse;
  readonly pattern: PathPattern | undefined;
  /** The expression that names the file. */
  readonly argument: AnyNode;
  /** The call or expression to show in messages. */
  readonly shown: AnyNode;
  readonly isBare?: boolean;
  readonly isOptional?: boolean;
}

/** Collects the references of a module. */
export class ReferenceList {
  readonly #found = new Map<string, ModuleReference>();
  readonly #text: string;
  readonly #lines: LineIndex;

  constructor(text: string, lines: LineIndex) {
    this.#text = text;
    this.#lines = lines;
  }

  /** Adds a reference, or replaces the one with the same range, use and pattern. */
  add({ use, pattern, argument, shown, isBare = false, isOptional = false }: FoundReference): void {
    const { start, end } = argument;
    const key = JSON.stringify([start, end, use, pattern]);
    const text = this.#text.slice(shown.start, shown.start + 4 * MAX_TEXT);
    this.#found.set(key, {
      use,
      pattern,
      argument: { start, end },
      isBare,
      isOptional,
      ...this.#lines.at(shown.start),
      text: shortened(text.slice(0, shown.end - shown.start)),
    });
  }

  /** Returns the references in source order. */
  sorted(): readonly ModuleReference[] {
    return [...this.#found.values()].sort(
      (a, b) => a.argument.start - b.argument.start || a.argument.end - b.argument.end,
    );
  }
}

/** Converts a text with {@link HOLE}s to a pattern. */
export function toPattern(kind: PathPattern['kind'], text: string): PathPattern {
  const parts: (string | null)[] = [];
  text.split(HOLE).forEach((known, index) => {
    if (index > 0) parts.push(null);
    if (known !== '') parts.push(known);
  });
  return { kind, parts };
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > MAX_TEXT ? `${line.slice(0, MAX_TEXT - 3)}...` : line;
}
