import { UsageError } from '../exit-code.js';

/** Adds a value of a flag that may be repeated. */
export function collect(text: string, texts: readonly string[] = []): string[] {
  return [...texts, text];
}

/** Values of a flag that takes `NAME=VALUE`, by name. */
export type Pairs = Readonly<Record<string, string>>;

/** Adds a `NAME=VALUE` of a flag that may be repeated. @throws UsageError that names the flag */
export function collectPair(flag: string, text: string, pairs: Pairs = {}): Pairs {
  const at = text.indexOf('=');
  if (at < 1) throw new UsageError(`${flag} takes NAME=VALUE, not ${JSON.stringify(text)}.`);
  const name = text.slice(0, at);
  if (Object.hasOwn(pairs, name)) {
    throw new UsageError(
      `${JSON.stringify(text)} gives ${name} a second value; the first is ${JSON.stringify(pairs[name])}. Give it once.`,
    );
  }
  return { ...pairs, [name]: text.slice(at + 1) };
}
