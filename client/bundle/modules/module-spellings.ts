/** Extension of a TypeScript source -> extensions under which code imports it. */
const COMPILED_ENDINGS: Readonly<Record<string, readonly string[]>> = {
  '.ts': ['.js'],
  '.tsx': ['.js', '.jsx'],
  '.mts': ['.mjs'],
  '.cts': ['.cjs'],
};

/** Extensions that may be omitted, in the order in which they are tried. */
const OPTIONAL_ENDINGS = ['.js', '.json', '.node', '.ts', '.tsx', '.mts', '.cts', '.jsx', '.mjs', '.cjs'];

const MODULE_FILE = /\.([cm]?[jt]s|[jt]sx|json|node)$/;
const DECLARATIONS = /\.d\.([^/]+\.)?[cm]?ts$/;

/** Returns whether Node, or a compiler for it, loads a file as a module. */
export function isModuleFile(file: string): boolean {
  return MODULE_FILE.test(file) && !DECLARATIONS.test(file);
}

/**
 * Returns the files that a module path may mean, the most likely first: `a.js` may be `a.ts`, `a` may be `a/index.js`.
 */
export function filesOfSpelling(spelling: string): readonly string[] {
  const twins = Object.entries(COMPILED_ENDINGS).flatMap(([ending, compiled]) =>
    compiled.filter((end) => spelling.endsWith(end)).map((end) => spelling.slice(0, -end.length) + ending),
  );
  return [spelling, ...twins, ...withEndings(spelling)];
}

/** Returns the files that `require` finds for a path without extension or file name. */
export function withEndings(spelling: string): readonly string[] {
  const files = OPTIONAL_ENDINGS.map((ending) => spelling + ending);
  return [...files, ...OPTIONAL_ENDINGS.map((ending) => `${spelling}/index${ending}`)];
}

/** Returns the paths under which code may load a file as a module, the inverse of {@link filesOfSpelling}. */
export function spellingsOfFile(file: string): readonly string[] {
  const ending = /\.[a-z]+$/.exec(file)?.[0] ?? '';
  const stem = file.slice(0, file.length - ending.length);
  const compiled = (COMPILED_ENDINGS[ending] ?? []).map((end) => stem + end);
  if (!OPTIONAL_ENDINGS.includes(ending)) return [file];
  return [file, ...compiled, stem, ...(stem.endsWith('/index') ? [stem.slice(0, -'/index'.length)] : [])];
}
