/**
 * Shorter lines and values of a secret are not hidden, because brackets, `true` or `admin` occur in most logs.
 */
const PART_MIN_CHARACTERS = 6;

/**
 * Returns the texts to hide for secrets: each secret; each of its lines, because a log is written line by line; and
 * each value of a secret that is a JSON object or array. Sorts the longest text first, because one secret may contain
 * another.
 */
export function hiddenTexts(secrets: readonly string[]): string[] {
  const texts = secrets.flatMap((secret) => [
    secret,
    ...[secret, ...jsonValues(secret)]
      .flatMap((value) => [value, ...value.split(/\r?\n/).map((line) => line.trim())])
      .filter((part) => part.length >= PART_MIN_CHARACTERS),
  ]);
  return [...new Set(texts)].filter((text) => text !== '').sort((a, b) => b.length - a.length);
}

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
