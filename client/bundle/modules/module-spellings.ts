/** What TypeScript sources are named as in code that loads them. */
const COMPILED_ENDINGS: Readonly<Record<string, readonly string[]>> = {
  '.ts': ['.js'],
  '.tsx': ['.js', '.jsx'],
  '.mts': ['.mjs'],
  '.cts': ['.cjs'],
};

/** Endings that may be left out, in the order in which they are tried. */
const OPTIONAL_ENDINGS = ['.js', '.json', '.node', '.ts', '.tsx', '.mts', '.cts', '.jsx', '.mjs', '.cjs'];

const MODULE_FILE = /\.([cm]?[jt]s|[jt]sx|json|node)$/;
const DECLARATIONS = /\.d\.([^/]+\.)?[cm]?ts$/;

/** Whether a file is one that Node, or a compiler for it, loads as a module. */
export function isModuleFile(file: string): boolean {
  return MODULE_FILE.test(file) && !DECLARATIONS.test(file);
}

/** Returns the files that a path may name as a module, the likeliest first: `a.js` may be `a.ts`, `a` `a/index.js`. */
export function filesOfSpelling(spelling: string): readonly string[] {
  const twins = Object.entries(COMPILED_ENDINGS).flatMap(([ending, compiled]) =>
    compiled.filter((end) => spelling.endsWith(end)).map((end) => spelling.slice(0, -end.length) + ending),
  );
  return [spelling, ...twins, ...withEndings(spelling)];
}

/** Returns the files that `require` finds under a path that leaves out the ending or the name of the file. */
export function withEndings(spelling: string): readonly string[] {
  const files = OPTIONAL_ENDINGS.map((ending) => spelling + ending);
  return [...files, ...OPTIONAL_ENDINGS.map((ending) => `${spelling}/index${ending}`)];
}

/** Returns the paths under which code may load a file as a module: {@link filesOfSpelling} the other way round. */
export function spellingsOfFile(file: string): readonly string[] {
  const ending = /\.[a-z]+$/.exec(file)?.[0] ?? '';
  const stem = file.slice(0, file.length - ending.length);
  const compiled = (COMPILED_ENDINGS[ending] ?? []).map((end) => stem + end);
  if (!OPTIONAL_ENDINGS.includes(ending)) return [file];
  return [file, ...compiled, stem, ...(stem.endsWith('/index') ? [stem.slice(0, -'/index'.length)] : [])];
}
