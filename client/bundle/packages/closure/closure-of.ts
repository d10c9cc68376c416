import path from 'node:path';

import { refusePacking } from '../../layer/refuse-packing.js';
import { namesLoadedBy } from './loaded-by-name.js';
import type { PackageCatalog } from './package-catalog.js';
import type { KeptPackage, PackageClosure, PackageImport } from './package-closure.js';
import type { PackageJson } from '../installed/package-json.js';
import type { FoundPackage } from '../installed/found-package.js';

/** Options of {@link closureOf}. */
export interface ClosureOptions {
  /** Folder of the project's `package.json`, without links. */
  readonly project: string;
  /** Names of the packages in the option `bundledPackages`, which cannot also be kept as files. */
  readonly bundled?: readonly string[];
  /** Names of packages whose dependencies are ignored. */
  readonly leaves?: readonly string[];
}

/**
 * Finds all packages that the imported ones may load: those that a `package.json` names, those that scripts import
 * without declaring them, and the project's own dependencies if a package loads others by computed names. Resolves
 * packages as Node does, from the folder of each package.
 *
 * @throws CodeseederError `PackFailed` for an import that is not installed, and for a package of `bundledPackages`
 *   that a kept package loads
 */
export function closureOf(
  packages: PackageCatalog,
  imports: readonly PackageImport[],
  options: ClosureOptions,
): PackageClosure {
  const search = new ClosureSearch(packages, options);
  for (const each of imports) search.addImport(each, []);
  search.complete();
  return search;
}

class ClosureSearch implements PackageClosure {
  readonly packages = new Map<string, KeptPackage>();
  readonly imports: (PackageImport & { found: FoundPackage })[] = [];
  readonly loadedByName: { name: string; by: string }[] = [];
  readonly warnings: string[] = [];
  readonly #catalog: PackageCatalog;
  readonly #options: ClosureOptions;
  readonly #project: PackageJson;
  readonly #pending: { readonly folder: string; readonly chain: readonly string[] }[] = [];

  constructor(catalog: PackageCatalog, options: ClosureOptions) {
    this.#catalog = catalog;
    this.#options = options;
    this.#project = catalog.json(options.project);
  }

  addImport({ from, name }: PackageImport, chain: readonly string[]): void {
    const found = this.#catalog.resolve(from, name);
    if (found === undefined) {
      refusePacking(
        `The package ${name} is not installed for ${from}; install it, for example with npm i ${name}`,
      );
    }
    if (this.imports.some((other) => other.from === from && other.name === name)) return;
    this.imports.push({ from, name, found });
    this.#pending.push({ folder: found.folder, chain });
  }

  complete(): void {
    for (let next = this.#pending.shift(); next !== undefined; next = this.#pending.shift()) {
      if (!this.packages.has(next.folder)) this.#add(next.folder, next.chain);
    }
  }

  #add(folder: string, before: readonly string[]): void {
    const json = this.#catalog.json(folder);
    const name = json.name ?? path.basename(folder);
    const chain = [...before, name];
    this.#refuseBundled(name, before);
    const dependencies = this.#dependenciesOf(folder, json, name);
    this.packages.set(folder, { name, version: json.version ?? '0.0.0', folder, dependencies, chain });
    for (const { folder: next } of dependencies.values()) this.#pending.push({ folder: next, chain });
    this.#addLoadedByName(folder, chain);
  }

  #dependenciesOf(folder: string, json: PackageJson, name: string): Map<string, FoundPackage> {
    const found = new Map<string, FoundPackage>();
    if (this.#options.leaves?.includes(name) === true) return found;
    for (const dependency of this.#namesOf(folder, json)) {
      const place = this.#catalog.resolve(folder, dependency);
      if (place !== undefined && place.folder !== folder) found.set(dependency, place);
      const isOptional = json.optionalDependencies.includes(dependency);
      if (place === undefined && json.dependencies.includes(dependency) && !isOptional) {
        this.warnings.push(
          `${name} depends on ${dependency}, which is not installed: ${name} may fail here and in the build. Install it, for example with npm i ${dependency}.`,
        );
      }
    }
    return found;
  }

  #namesOf(folder: string, json: PackageJson): Set<string> {
    const { imports, undeclared } = this.#catalog.scan(folder);
    const { devDependencies, dependencies } = this.#project;
    // An optional peer among `devDependencies`, such as typescript, is needed only if a script imports it.
    const isUnused = (peer: string): boolean =>
      json.optionalPeers.includes(peer) &&
      devDependencies.includes(peer) &&
      !dependencies.includes(peer) &&
      !imports.some(({ name }) => name === peer);
    return new Set([
      ...json.dependencies,
      ...json.optionalDependencies,
      ...json.bundledDependencies,
      ...json.peerDependencies.filter((peer) => !isUnused(peer)),
      ...undeclared,
    ]);
  }

  #addLoadedByName(folder: string, chain: readonly string[]): void {
    const { prefixes } = this.#catalog.scan(folder);
    for (const name of namesLoadedBy(this.#catalog.json(folder), prefixes, this.#project)) {
      const isTaken = this.loadedByName.some((other) => other.name === name);
      const isBundled = this.#options.bundled?.includes(name) === true;
      if (isTaken || isBundled || this.#catalog.resolve(this.#options.project, name) === undefined) continue;
      this.loadedByName.push({ name, by: chain.at(-1) ?? '' });
      this.addImport({ from: this.#options.project, name }, chain);
    }
  }

  #refuseBundled(name: string, before: readonly string[]): void {
    if (this.#options.bundled?.includes(name) !== true) return;
    const by = before.at(-1);
    if (by === undefined) return;
    refusePacking(
      `bundledPackages has ${name}, but ${before.join(' > ')} is kept as files and loads it: the bundle would have it twice; remove ${name} from bundledPackages, or add ${by} to it`,
    );
  }
}
