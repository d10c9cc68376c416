const NUMBER = /-?\d[\d.eE+-]*/y;
const INTEGER = /^-?\d+$/;

/** Returns the first integer of a valid JSON text that `JSON.parse` rounds. */
export function findRoundedInteger(json: string): string | undefined {
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at] ?? '';
    if (character === '"') {
      at = endOfString(json, at);
    } else if (character === '-' || (character >= '0' && character <= '9')) {
      NUMBER.lastIndex = at;
      const [text = ''] = NUMBER.exec(json) ?? [];
      if (INTEGER.test(text) && isRounded(text)) return text;
      at += text.length - 1;
    }
  }
  return undefined;
}

function isRounded(integer: string): boolean {
  const value = Number(integer);
  return !Number.isFinite(value) || BigInt(value) !== BigInt(integer);
}

/** Returns the position of the closing quotation mark. */
function endOfString(json: string, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at;
}
