/** Shorter lines and values of a secret are not hidden, because many texts contain brackets, `true` or `admin`. */
const PART_MIN_CHARACTERS = 6;

/** Text that replaces a secret. */
const MASK = '***';

/**
 * Returns the texts that would reveal a secret in a message: the whole secret, each of its lines, and each value of a
 * secret that is a JSON object or array. Logs of builds hide the same texts. The longest text is first, because a
 * secret may contain another one.
 */
export function hiddenTexts(secrets: readonly string[]): readonly string[] {
  const texts = secrets.flatMap((secret) => [
    secret,
    ...[secret, ...jsonValues(secret)]
      .flatMap((value) => [value, ...value.split(/\r?\n/).map((line) => line.trim())])
      .filter((part) => part.length >= PART_MIN_CHARACTERS),
  ]);
  return [...new Set(texts)].filter((text) => text !== '').sort((a, b) => b.length - a.length);
}

/** Replaces each of {@link hiddenTexts} in a text by `***`. */
export function withHidden(text: string, hidden: readonly string[]): string {
  return hidden.reduce((shown, secret) => shown.replaceAll(secret, MASK), text);
}

/** Returns the texts and numbers in a secret that is a JSON object or array; none for any other secret. */
function jsonValues(secret: string): string[] {
  if (!/^\s*[[{]/.test(secret)) return [];
  const values: string[] = [];
  try {
    JSON.parse(secret, (_name, value: unknown) => {
      if (typeof value === 'string' || typeof value === 'number') values.push(String(value));
      return value;
    });
  } catch {
    return [];
  }
  return values;
}
