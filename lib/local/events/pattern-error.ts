import type { PatternNode } from './pattern-json.js';

/** An error in a pattern. Has the offset of the character when EventBridge's message names it. */
export class PatternError extends Error {
  readonly offset: number | undefined;

  constructor(reason: string, offset?: number) {
    super(reason);
    this.offset = offset;
  }
}

/**
 * Refuses a value. The position is where EventBridge's parser is at the start of the value: after a bracket, a quote or
 * a number.
 */
export function refuse(reason: string, node: PatternNode): never {
  const isPlain = node.kind === 'number' || node.kind === 'literal';
  throw new PatternError(reason, isPlain ? node.end : node.start + 1);
}

/** Refuses a value. The position is at its end. */
export function refuseAfter(reason: string, node: PatternNode): never {
  throw new PatternError(reason, node.end);
}
