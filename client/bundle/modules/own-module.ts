import { analyzeModule } from './analyze-module.js';
import { applyEdits, type TextEdit } from './edit-text.js';
import { LineIndex } from './line-index.js';
import type { ModuleUse } from '../../in-build/module-places.js';
import type { ModuleFindings, ModuleReference, ReferenceUse } from './module-findings.js';
import { isCommonJs } from './module-format.js';
import { packFailedAt, type CodePlace } from './pack-failed-at.js';
import { UnreadableModuleError } from './parse-module.js';
import { sourcePositions } from './source-position.js';
import { PLACES_SPECIFIER } from './places-module.js';
import { readStripped } from './strip-types.js';

/** One of the user's own modules, as it is on this machine. */
export interface OwnModule {
  /** Absolute path. */
  readonly file: string;
  /** JavaScript, before anything is changed in it. */
  readonly text: string;
  /** Source map of `text` as JSON; empty where the text is the source's own. */
  readonly map: string;
  /** The TypeScript, where esbuild can take it as it is. */
  readonly source?: string;
  readonly findings: ModuleFindings;
}

/** What `import.meta` is compiled to, in modules that are compiled from their sources in one step. */
export const META_NAME = 'codeseeder$own';

/** Begins the specifier of a virtual module with one module's `import.meta`; its place follows. */
export const META_SPECIFIER = 'codeseeder:meta:';

/** Uses whose value is a module that may be compiled: what is passed is looked up when the code runs. */
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

/** Returns where a position of the module's text is in its source. Lines and columns count from 1. */
export function placeIn(
  { file, map }: Pick<OwnModule, 'file' | 'map'>,
  { line, column }: { readonly line: number; readonly column: number },
): CodePlace & { readonly line: number } {
  return { file, ...sourcePositions(map)({ line, column }) };
}

/**
 * Returns the module's text as it is bundled: `import.meta`, `__dirname` and `__filename` mean the module's own place
 * in the build, whatever file its code ends up in, and modules that are named when the code runs are found.
 *
 * @param place the module's path below the bundle's root
 */
export function renderOwnModule({ text, map, source, findings }: OwnModule, place: string): string {
  const own = JSON.stringify(place);
  // In one step from the source, a function that is renamed keeps its name in stacks.
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
  // On the line that is there, so that the lines stay those of the map.
  const header = {
    start: bodyStart,
    end: bodyStart,
    // A directive may end without a semicolon.
    text: `${/[\n;]$|^$/.test(text.slice(0, bodyStart)) ? '' : ';'}${importOf(findings)}${declared}`,
  };
  return withMap(applyEdits(text, [header, ...edits]), map);
}

/** The source itself, with what {@link META_NAME} stands for. */
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

/** Wraps what names a module when the code runs. Of expressions in each other the inner one is wrapped first. */
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

/** `import.meta.resolve` looks from the source's place by itself; the bundle's own `require` does not. */
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
