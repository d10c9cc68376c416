import { readFileSync } from 'node:fs';
import path from 'node:path';

import { isBuiltin, isModuleLoader } from '../installed/builtin-modules.js';
import { entryPointsOf, isForDevelopment } from './entry-points.js';
import type { PackageItem } from '../installed/list-package.js';
import { nativeSignOf } from './native-signs.js';
import type { PackageJson } from '../installed/package-json.js';
import { PackageModules, reachableFrom } from './package-modules.js';
import { packageNameOf } from '../installed/package-name.js';
import { PATH_PREFIX } from './script-load.js';
import { scanScript, type ScriptScan } from './scan-script.js';

/** Why a package must be kept as files, and the file and line that show it. */
export interface KeepSign {
  /** Completes a sentence that begins with the package's name, such as `uses __dirname`. */
  readonly reason: string;
  /** Path relative to the package's folder. */
  readonly file?: string;
  readonly line?: number;
}

/** The findings in the files of a package. They do not depend on where it is installed. */
export interface PackageScan {
  /** The first sign in scripts that can be imported from outside. */
  readonly sign?: KeepSign | undefined;
  /** Signs in scripts that cannot be reached by imports: commands, and scripts for development. */
  readonly signsElsewhere: readonly KeepSign[];
  /** Packages that must be present for bundling, with the file and line that imports each. */
  readonly imports: readonly { readonly name: string; readonly file: string; readonly line?: number }[];
  /** Packages that the package loads, but that its `package.json` does not name. */
  readonly undeclared: readonly string[];
  /** Prefixes of module names that its code computes before it loads them: `''` for any name, `./` for any path. */
  readonly prefixes: readonly string[];
}

const SCRIPT = /\.[cm]?js$/i;
const NATIVE_FILE = /\.(?:node|wasm)$|(?:^|\/)binding\.gyp$/i;

/** Reads all scripts of a package. */
export function scanPackage(folder: string, json: PackageJson, items: readonly PackageItem[]): PackageScan {
  const scan = new Scan(json, items);
  const scripts = scriptsOf(items, json);
  for (const script of scripts) scan.add(script, readFileSync(`${folder}/${script}`, 'latin1'));
  return scan.result(entryPointsOf(json, scripts));
}

/** Returns the files that Node would run as JavaScript. */
function scriptsOf(items: readonly PackageItem[], json: PackageJson): string[] {
  const main = path.posix.normalize(json.main ?? '.');
  const files = items.filter(({ stats, rawName }) => stats.isFile() && rawName === undefined);
  return files
    .map(({ below }) => below)
    .filter((below) => SCRIPT.test(below) || (below === main && path.posix.extname(below) === ''));
}

class Scan {
  readonly #json: PackageJson;
  readonly #known: ReadonlySet<string>;
  readonly #modules: PackageModules;
  readonly #native: KeepSign | undefined;
  readonly #scripts = new Map<string, ScriptScan>();

  constructor(json: PackageJson, items: readonly PackageItem[]) {
    this.#json = json;
    const { dependencies, optionalDependencies, peerDependencies, bundledDependencies } = json;
    this.#known = new Set([
      ...dependencies,
      ...optionalDependencies,
      ...peerDependencies,
      ...bundledDependencies,
    ]);
    this.#modules = new PackageModules(items.map(({ below }) => below));
    const reason = nativeSignOf(json);
    const file = items.find(({ below }) => NATIVE_FILE.test(below))?.below;
    if (reason !== undefined) this.#native = { reason, file: 'package.json' };
    else if (file !== undefined) this.#native = { reason: `has ${path.posix.basename(file)}`, file };
  }

  add(file: string, text: string): void {
    this.#scripts.set(
      file,
      scanScript(text, (specifier) => this.#explains(specifier, file)),
    );
  }

  result(entries: readonly string[]): PackageScan {
    const reached = reachableFrom(entries, (file) => this.#targetsOf(file));
    const signs = [...this.#scripts].flatMap(([file, scan]) => this.#signsOf(file, scan));
    const sign = this.#native ?? signs.find(({ file }) => reached.has(file));
    return {
      sign,
      signsElsewhere: signs.filter(({ file }) => !reached.has(file)),
      imports: this.#importsOf(reached),
      ...this.#loaded(reached),
    };
  }

  #targetsOf(file: string): string[] {
    const relative =
      this.#scripts.get(file)?.specifiers.filter((specifier) => specifier.startsWith('.')) ?? [];
    return relative.flatMap((specifier) => this.#modules.targetsOf(specifier, file));
  }

  #signsOf(file: string, { sign, unexplained }: ScriptScan): (KeepSign & { file: string })[] {
    if (sign !== undefined) return [{ ...sign, file }];
    const missing = [...unexplained].find(
      ([specifier]) => specifier.startsWith('.') && packageNameOf(specifier) === undefined,
    );
    if (missing === undefined) return [];
    return [{ reason: `imports ${missing[0]}, which is missing or no JavaScript`, file, line: missing[1] }];
  }

  #importsOf(reached: ReadonlySet<string>): { name: string; file: string; line?: number }[] {
    const found = new Map<string, { name: string; file: string; line?: number }>();
    for (const [file, { specifiers, unexplained }] of this.#scripts) {
      if (!reached.has(file)) continue;
      const declared = specifiers
        .map(packageNameOf)
        .filter((name) => name !== undefined && this.#known.has(name));
      for (const name of declared)
        if (name !== undefined && !found.has(name)) found.set(name, { name, file });
      for (const [name, line] of namesIn(unexplained))
        if (!found.has(name)) found.set(name, { name, file, line });
    }
    return [...found.values()];
  }

  /** Returns what the package may load at run time. Includes scripts that no import reaches, such as workers. */
  #loaded(reached: ReadonlySet<string>): { undeclared: string[]; prefixes: string[] } {
    const scripts = [...this.#scripts].filter(([file]) => reached.has(file) || !isForDevelopment(file));
    const prefixes = new Set(scripts.flatMap(([, scan]) => scan.prefixes));
    const computesPaths = [...this.#scripts].some(
      ([file, scan]) => reached.has(file) && scan.prefixes.includes(PATH_PREFIX),
    );
    const names = scripts
      .filter(([file]) => computesPaths || reached.has(file))
      .flatMap(([, { unexplained }]) => namesIn(unexplained).map(([name]) => name));
    return { undeclared: [...new Set(names)], prefixes: [...prefixes] };
  }

  #explains(specifier: string, file: string): boolean {
    if (isBuiltin(specifier)) return !isModuleLoader(specifier);
    const name = packageNameOf(specifier);
    if (name !== undefined) return this.#known.has(name) || name === this.#json.name;
    return !specifier.startsWith('.') || this.#modules.has(specifier, file);
  }
}

/** Returns the packages among specifiers that are neither files nor declared dependencies of the package. */
function namesIn(unexplained: ReadonlyMap<string, number>): [string, number][] {
  return [...unexplained].flatMap(([specifier, line]) => {
    const name = isModuleLoader(specifier) ? undefined : packageNameOf(specifier);
    return name === undefined ? [] : [[name, line] satisfies [string, number]];
  });
}
