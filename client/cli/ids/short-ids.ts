/** The word that names the newest run or map. An id that a caller gave a run takes precedence. */
export const LATEST = 'latest';

/** Fewest characters of an id that stand for the whole one. */
export const PREFIX_MIN = 6;

/**
 * Characters of an id in a list, fewest first. An id of this package begins with the time of its creation: 13
 * characters have it to the millisecond, 8 to 66 seconds.
 */
export const SHOWN_MIN = { roomy: 13, narrow: 8 } as const;

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

/** An id that the client makes: of a run or map, or of a run of a map, with the id of the map and the input's index. */
const MADE_ID = new RegExp(`^(${UUID})(-\\d+)?$`);

/** The start of a map's id, and the index of an input. */
const INPUT_OF_MAP = new RegExp(`^(.{${PREFIX_MIN},})-(\\d+)$`);

/** Returns whether a text is an id that the client makes, and whole. */
export function isWholeId(text: string): boolean {
  return MADE_ID.test(text);
}

/** Returns the start of a map's id and the index of an input, if a text may name the run of an input by them. */
export function inputNamedBy(text: string): { readonly map: string; readonly index: string } | undefined {
  const [, map, index] = INPUT_OF_MAP.exec(text) ?? [];
  return map === undefined || index === undefined ? undefined : { map, index };
}

/**
 * Returns whether a text is the start of an id. The run of an input of a map is also named by the start of the map's id
 * and the index: `01a2240f-12`.
 */
export function isStartOf(text: string, id: string): boolean {
  if (id.startsWith(text)) return true;
  const named = inputNamedBy(text);
  const [, mapId, index] = MADE_ID.exec(id) ?? [];
  return named !== undefined && index === `-${named.index}` && mapId?.startsWith(named.map) === true;
}

/**
 * Shortens ids so that each names one of them.
 * @param charactersMin characters that an id keeps at least, without the index of an input
 */
export function shortIds(ids: readonly string[], charactersMin: number): string[] {
  return ids.map((id) => shortened(id, ids, charactersMin));
}

function shortened(id: string, ids: readonly string[], charactersMin: number): string {
  const [, head = id, index = ''] = MADE_ID.exec(id) ?? [];
  for (let length = charactersMin; length < head.length; length += 1) {
    const text = `${head.slice(0, length)}${index}`;
    if (head[length - 1] !== '-' && ids.every((other) => other === id || !isStartOf(text, other)))
      return text;
  }
  return id;
}
