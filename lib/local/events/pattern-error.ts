import type { PatternNode } from './pattern-json.js';

/** Says what is wrong with a pattern, and at which of its characters if EventBridge says so, too. */
export class PatternError extends Error {
  readonly offset: number | undefined;

  constructor(reason: string, offset?: number) {
    super(reason);
    this.offset = offset;
  }
}

/** Refuses a value where EventBridge's parser is when it has just seen it: after a bracket, a quote or a number. */
export function refuse(reason: string, node: PatternNode): never {
  const isPlain = node.kind === 'number' || node.kind === 'literal';
  throw new PatternError(reason, isPlain ? node.end : node.start + 1);
}

/** Refuses a value that EventBridge's parser has read to its end. */
export function refuseAfter(reason: string, node: PatternNode): never {
  throw new PatternError(reason, node.end);
}
