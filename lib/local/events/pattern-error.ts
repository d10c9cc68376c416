import type { PatternNode } from './pattern-json.js';

/**
 * An invalid part of an event pattern. The offset is set if EventBridge's message contains line and column.
 */
export class PatternError extends Error {
  readonly offset: number | undefined;

  constructor(reason: string, offset?: number) {
    super(reason);
    this.offset = offset;
  }
}

/**
 * Refuses a value of a pattern. Reports the same position as EventBridge's parser: after the opening bracket or
 * quote, or after a number or literal.
 */
export function refuse(reason: string, node: PatternNode): never {
  const isPlain = node.kind === 'number' || node.kind === 'literal';
  throw new PatternError(reason, isPlain ? node.end : node.start + 1);
}

/** Refuses a value of a pattern. Reports the position of its end. */
export function refuseAfter(reason: string, node: PatternNode): never {
  throw new PatternError(reason, node.end);
}
