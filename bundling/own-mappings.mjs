import { decode, encode } from '@jridgewell/sourcemap-codec';

const PACKAGES = /(^|\/)node_modules\//;

/**
 * Returns a bundle's source map without the mappings to packages. They are nine tenths of a handler's map, and Node.js
 * parses the whole map at each cold start.
 */
export function ownMappings(text) {
  const map = JSON.parse(text);
  const sources = renumbering((source) => !PACKAGES.test(map.sources[source]));
  const names = renumbering(() => true);
  let isOwn = false;
  const lines = decode(map.mappings).map((line) =>
    line.flatMap(([column, source, sourceLine, sourceColumn, name]) => {
      const number = source === undefined ? undefined : sources.numberOf(source);
      if (number === undefined) {
        // A mapping applies up to the next one, so an empty mapping is added where a package's code begins.
        const ending = isOwn ? [[column]] : [];
        isOwn = false;
        return ending;
      }
      isOwn = true;
      const place = [column, number, sourceLine, sourceColumn];
      return [name === undefined ? place : [...place, names.numberOf(name)]];
    }),
  );
  return JSON.stringify({
    version: map.version,
    sources: sources.kept.map((source) => map.sources[source]),
    names: names.kept.map((name) => map.names[name]),
    mappings: encode(lines),
  });
}

/** Gives kept entries new numbers: 0, 1 and so on, in the order of their first use. */
function renumbering(isKept) {
  const numbers = new Map();
  return {
    get kept() {
      return [...numbers.keys()];
    },
    numberOf(former) {
      if (!isKept(former)) return undefined;
      if (!numbers.has(former)) numbers.set(former, numbers.size);
      return numbers.get(former);
    },
  };
}
