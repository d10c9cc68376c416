import path from 'node:path';

import type { Program } from 'acorn';

import { addGlobReferences } from './glob-references.js';
import { LineIndex } from './line-index.js';
import type { ModuleFindings } from './module-findings.js';
import { LoadFinder } from './module-loads.js';
import type { ModuleTree } from './module-tree.js';
import { needsNode } from './needs-node.js';
import { parseModule } from './parse-module.js';
import { PathReferenceFinder } from './path-references.js';
import { PathValues } from './path-values.js';
import { readTree } from './read-tree.js';
import { ReferenceList } from './reference-list.js';

/** A module to analyze. */
export interface ModuleSource {
  /** The module as JavaScript. Types, JSX and decorators are compiled away; everything else is as in the source. */
  readonly text: string;
  /** Absolute path of the source. */
  readonly file: string;
  /** Absolute path of the project's folder, which is assumed to be the working folder of the code. */
  readonly root: string;
  /** The format of a module whose syntax does not show it. @default by the file's extension, else `commonjs` */
  readonly format?: ModuleFindings['format'];
}

/**
 * Finds the modules that a module loads, and every path that it builds from its own location or the working folder.
 * Reads nothing from disk.
 *
 * @throws UnreadableModuleError
 */
export function analyzeModule({ text, file, root, format }: ModuleSource): ModuleFindings {
  const program = parseModule(text, file);
  const tree = readTree(program);
  const lines = new LineIndex(text);
  const values = new PathValues(tree, { file: toPosix(file), root: toPosix(root) });
  const references = new ReferenceList(text, lines);
  const loads = new LoadFinder(values, references, lines);
  loads.find();
  addGlobReferences(values, references, loads.handled);
  new PathReferenceFinder(values, references, loads.handled).find();
  const foundFormat = formatOf(tree) ?? format ?? formatOfExtension(file);
  return {
    format: foundFormat,
    needsNode: foundFormat === 'commonjs' && needsNode(program, tree, text),
    metas: tree.metas.map(({ node: { start, end } }) => ({ start, end })),
    bodyStart: bodyStartOf(program, text),
    usesFilename: usesGlobal(tree, '__filename'),
    usesDirname: usesGlobal(tree, '__dirname'),
    usesRequire: usesGlobal(tree, 'require'),
    imports: loads.imports,
    references: references.sorted(),
  };
}

function bodyStartOf({ body }: Program, text: string): number {
  const directives = body.findIndex((node) => !('directive' in node));
  const last = body[(directives < 0 ? body.length : directives) - 1];
  if (last !== undefined) return last.end;
  const [hashbang = ''] = /^#!.*(\r?\n|$)/.exec(text) ?? [];
  return hashbang.length;
}

function formatOf(tree: ModuleTree): ModuleFindings['format'] | undefined {
  if (tree.isModule) return 'esm';
  return ['module', 'exports', 'require'].some((name) => usesGlobal(tree, name)) ? 'commonjs' : undefined;
}

function usesGlobal({ uses }: ModuleTree, name: string): boolean {
  return uses.get(name)?.some(({ scope }) => scope.find(name) === undefined) ?? false;
}

function formatOfExtension(file: string): ModuleFindings['format'] {
  return /\.m[jt]s$/.test(file) ? 'esm' : 'commonjs';
}

function toPosix(file: string): string {
  return file.split(path.sep).join('/');
}
