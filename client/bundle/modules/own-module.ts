import { analyzeModule } from './analysis/analyze-module.js';
import { applyEdits, type TextEdit } from './edit-text.js';
import { LineIndex } from './analysis/line-index.js';
import type { ModuleUse } from '../../in-build/module-places.js';
import type { ModuleFindings, ModuleReference, ReferenceUse } from './analysis/module-findings.js';
import { isCommonJs } from './module-format.js';
import { packFailedAt, type CodePlace } from './pack-failed-at.js';
import { UnreadableModuleError } from './analysis/parse-module.js';
import { sourcePositions } from './source-position.js';
import { PLACES_SPECIFIER } from './places-module.js';
import { readStripped } from './strip-types.js';

/** One of the user's modules on this machine. */
export interface OwnModule {
  /** Absolute path. */
  readonly file: string;
  /** The module as JavaScript. */
  readonly text: string;
  /** Source map of `text` as JSON; empty if `text` is the source itself. */
  readonly map: string;
  /** The TypeScript source, if esbuild can compile it directly. */
  readonly source?: string;
  readonly findings: ModuleFindings;
}

/** The name to which esbuild compiles `import.meta`, in modules that it compiles directly. */
export const META_NAME = 'codeseeder$own';

/**
 * Prefix of the specifier of a virtual module with the `import.meta` of one module. The path of that module follows it.
 */
export const META_SPECIFIER = 'codeseeder:meta:';

/** How a value that names a module is looked up at run time, by its use. */
const LOOKED_UP: Partial<Record<ReferenceUse, ModuleUse>> = {
  import: 'import',
  require: 'require',
  worker: 'worker',
  fork: 'fork',
};

/**
 * Reads and analyzes a module.
 * @param root folder of the user's project
 * @throws CodeseederError `PackFailed` naming file and line
 */
export async function readOwnModule(file: string, root: string): Promise<OwnModule> {
  const stripped = await readStripped(file);
  const { text, map } = stripped;
  try {
    return { file, ...stripped, findings: analyzeModule({ text, file, root, format: formatOf(file) }) };
  } catch (error) {
    if (!(error instanceof UnreadableModuleError)) throw error;
    throw packFailedAt(placeOfFault(error, { file, text, map }), error.message, { cause: error });
  }
}

function formatOf(file: string): ModuleFindings['format'] {
  return isCommonJs(file) ? 'commonjs' : 'esm';
}

function placeOfFault({ offset }: UnreadableModuleError, module: Omit<OwnModule, 'findings'>): CodePlace {
  return offset === undefined
    ? { file: module.file }
    : placeIn(module, new LineIndex(module.text).at(offset));
}

/** Converts a position of the module's text to one of its source. Lines and columns start at 1. */
export function placeIn(
  { file, map }: Pick<OwnModule, 'file' | 'map'>,
  { line, column }: { readonly line: number; readonly column: number },
): CodePlace & { readonly line: number } {
  return { file, ...sourcePositions(map)({ line, column }) };
}

/**
 * Returns the text of a module to bundle. In it, `import.meta`, `__dirname` and `__filename` refer to the module's own
 * path in the build, and modules that are loaded by a computed name are looked up at run time.
 *
 * @param place the module's path in the bundle
 */
export function renderOwnModule({ text, map, source, findings }: OwnModule, place: string): string {
  const own = JSON.stringify(place);
  // Uses the source if possible, because esbuild then keeps the names of renamed functions in stack traces.
  if (source !== undefined && findings.format === 'esm' && lookUpEdits(findings, own).length === 0) {
    return sourceWithMeta(source, findings, own);
  }
  const edits = [...metaEdits(findings, own), ...lookUpEdits(findings, own)];
  const variables = [
    ...(findings.usesDirname ? [`__dirname = codeseeder$meta(${own}).dirname`] : []),
    ...(findings.usesFilename ? [`__filename = codeseeder$meta(${own}).filename`] : []),
  ];
  if (edits.length === 0 && variables.length === 0) return withMap(text, map);
  const declared = variables.length === 0 ? '' : `var ${variables.join(', ')};`;
  const { bodyStart } = findings;
  // Inserted without a line break, so that the lines still match the source map.
  const header = {
    start: bodyStart,
    end: bodyStart,
    // A directive may end without a semicolon.
    text: `${/[\n;]$|^$/.test(text.slice(0, bodyStart)) ? '' : ';'}${importOf(findings)}${declared}`,
  };
  return withMap(applyEdits(text, [header, ...edits]), map);
}

/** Returns the source with a declaration of {@link META_NAME}. */
function sourceWithMeta(source: string, findings: ModuleFindings, own: string): string {
  const names = [
    ...(findings.usesDirname ? [`__dirname = ${META_NAME}.dirname`] : []),
    ...(findings.usesFilename ? [`__filename = ${META_NAME}.filename`] : []),
  ];
  if (findings.metas.length === 0 && names.length === 0) return source;
  const imported = `import { own as ${META_NAME} } from ${JSON.stringify(`${META_SPECIFIER}${JSON.parse(own) as string}`)};`;
  const declared = names.length === 0 ? '' : `var ${names.join(', ')};`;
  const [hashbang = ''] = /^#!.*(\r?\n|$)/.exec(source) ?? [];
  return `${hashbang}${imported}${declared}${source.slice(hashbang.length)}`;
}

function metaEdits({ metas }: ModuleFindings, own: string): TextEdit[] {
  return metas.map(({ start, end }) => ({ start, end, text: `codeseeder$meta(${own})` }));
}

/** Wraps the expressions that name modules at run time. An inner expression is wrapped before the outer one. */
function lookUpEdits({ references }: ModuleFindings, own: string): TextEdit[] {
  const wrapped = new Map<string, ModuleReference>();
  for (const reference of references) {
    const { start, end } = reference.argument;
    if (lookedUpAs(reference) !== undefined) wrapped.set(`${start}-${end}`, reference);
  }
  const outerFirst = [...wrapped.values()].sort(
    (a, b) => a.argument.start - b.argument.start || b.argument.end - a.argument.end,
  );
  const openings = outerFirst.map(({ argument: { start } }) => ({
    start,
    end: start,
    text: 'codeseeder$place(',
  }));
  const closings = [...outerFirst].reverse().map((reference) => ({
    start: reference.argument.end,
    end: reference.argument.end,
    text: `, ${own}, ${JSON.stringify(lookedUpAs(reference))})`,
  }));
  return [...openings, ...closings];
}

/** Returns how the value of a reference is looked up at run time. `import.meta.resolve` of a module needs no lookup. */
function lookedUpAs({ use, text }: ModuleReference): ModuleUse | undefined {
  if (use === 'resolve') return text.startsWith('require') ? 'require' : undefined;
  return LOOKED_UP[use];
}

function importOf({ format }: ModuleFindings): string {
  return format === 'esm'
    ? `import { meta as codeseeder$meta, modulePlace as codeseeder$place } from "${PLACES_SPECIFIER}";`
    : `var { meta: codeseeder$meta, modulePlace: codeseeder$place } = require("${PLACES_SPECIFIER}");`;
}

function withMap(text: string, map: string): string {
  if (map === '') return text;
  return `${text}\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString('base64')}`;
}
