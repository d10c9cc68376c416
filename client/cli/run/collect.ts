import { UsageError } from '../exit-code.js';

/** Adds one more of a flag that may be given again. */
export function collect(text: string, texts: readonly string[] = []): string[] {
  return [...texts, text];
}

/** Adds one more `NAME=VALUE`. @throws UsageError */
export function collectPair(
  text: string,
  pairs: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const at = text.indexOf('=');
  if (at < 1) throw new UsageError(`${JSON.stringify(text)} is not NAME=VALUE`);
  return { ...pairs, [text.slice(0, at)]: text.slice(at + 1) };
}
