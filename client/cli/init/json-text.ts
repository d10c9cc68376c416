/** Writes JSON files as they were written before. */

/** Returns the indentation of a JSON text; two spaces if it has none. */
export function indentationOf(text: string): string {
  const [, indentation = '  '] = /^([ \t]+)"/m.exec(text) ?? [];
  return indentation;
}

/** Returns a value as the text of a JSON file. */
export function jsonOf(value: object, indentation: string): string {
  return `${JSON.stringify(value, undefined, indentation)}\n`;
}

export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
