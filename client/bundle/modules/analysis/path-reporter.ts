import path from 'node:path';
import type { AnyNode } from 'acorn';

import { consumptionOf, type Consumption } from './consumers.js';
import { originOf } from './origins.js';
import { HOLE, isAbsolute, namesInside, type PathValue } from './path-value.js';
import type { PathValues } from './path-values.js';
import { toPattern, type ReferenceList } from './reference-list.js';
import type { Place } from './scopes.js';
import { isGuarded } from './surroundings.js';

/** Uses that read or check one file or folder, but nothing below it. */
const KNOWN_USES: ReadonlySet<Consumption> = new Set(['file', 'folder', 'probe']);

/** Adds paths to the references of a module. */
export class PathReporter {
  readonly #values: PathValues;
  readonly #references: ReferenceList;

  constructor(values: PathValues, references: ReferenceList) {
    this.#values = values;
    this.#references = references;
  }

  /** Adds the paths that functions of `fs` read. @param handled receives the arguments, which need no more analysis */
  addReads(handled: Set<AnyNode>): void {
    for (const { node, scope, parent } of this.#values.tree.calls) {
      if (node.type !== 'CallExpression' && node.type !== 'NewExpression') continue;
      const [argument] = node.arguments;
      if (!argument || !originOf(node.callee, scope)?.startsWith('fs.')) continue;
      const consumption = argument.type === 'SpreadElement' ? 'unknown' : consumptionOf(node, 0, scope);
      if (consumption === 'unknown') continue;
      handled.add(argument);
      const place = { node: argument, parent: { node, parent, scope }, scope };
      for (const value of this.#values.of(argument, scope))
        this.add(place, this.#fromCwd(value), consumption);
    }
  }

  /** Adds each path that an expression may have as its value. */
  addAll(place: Place, consumption: Consumption = 'unknown'): void {
    for (const value of this.#values.of(place.node, place.scope)) this.add(place, value, consumption);
  }

  /** Adds one of the paths that an expression may have as its value. */
  add(place: Place, used: PathValue, consumption: Consumption): void {
    const value = consumption === 'command' ? this.#programOf(used) : used;
    if (consumption === 'harmless' || !this.#isNamed(value)) return;
    const isBare = !KNOWN_USES.has(consumption) && this.isOwnPlace(value);
    const text = isBare ? `${this.#values.folder.text}/${HOLE}` : path.posix.normalize(value.text);
    this.#references.add({
      use: consumption === 'folder' ? 'folder' : 'file',
      pattern: toPattern('path', text),
      argument: place.node,
      shown: place.parent && consumption !== 'unknown' ? place.parent.node : place.node,
      isBare,
      isOptional: consumption === 'probe' || value.place === 'cwd' || isGuarded(place),
    });
  }

  /** Returns whether a value is a path from the module's location, or names a file in the working folder. */
  #isNamed({ place, text }: PathValue): boolean {
    if (place === 'cwd') return namesInside(text, this.#values.place.root);
    return place === 'module';
  }

  /** Returns whether a value is the module's own file or folder. */
  isOwnPlace({ text, place }: PathValue): boolean {
    const plain = text.length > 1 && text.endsWith('/') ? text.slice(0, -1) : text;
    return place === 'module' && (plain === this.#values.file.text || plain === this.#values.folder.text);
  }

  #fromCwd(value: PathValue): PathValue {
    const isKnown = value.place !== undefined || value.form === 'url' || isAbsolute(value.text);
    if (isKnown || value.text.startsWith(HOLE)) return value;
    return { text: path.posix.join(this.#values.place.root, value.text), form: 'path', place: 'cwd' };
  }

  /** Returns the path at the beginning of a command. The name of the project's folder may have spaces. */
  #programOf(value: PathValue): PathValue {
    const { root } = this.#values.place;
    const start = value.text.startsWith(root) ? root.length : 0;
    const after = value.text.slice(start).replace(/[\s;&|<>].*$/s, '');
    return { ...value, text: value.text.slice(0, start) + after };
  }
}
