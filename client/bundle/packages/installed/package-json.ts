import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The fields of a `package.json` that packing needs. Fields with a wrong type count as missing. */
export interface PackageJson {
  readonly name?: string | undefined;
  readonly version?: string | undefined;
  readonly main?: string | undefined;
  readonly dependencies: readonly string[];
  readonly optionalDependencies: readonly string[];
  /** Peers, including those that only `peerDependenciesMeta` names. */
  readonly peerDependencies: readonly string[];
  readonly optionalPeers: readonly string[];
  readonly bundledDependencies: readonly string[];
  readonly devDependencies: readonly string[];
  /** Name -> script. */
  readonly scripts: Readonly<Record<string, string>>;
  /** Command -> file relative to the package. */
  readonly bin: Readonly<Record<string, string>>;
  readonly os: readonly string[];
  readonly cpu: readonly string[];
  readonly libc: readonly string[];
  /** The complete content of the file, for fields that only one caller needs. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/** Reads the `package.json` of a folder. Returns undefined if it is missing or invalid. */
export function readPackageJson(folder: string): PackageJson | undefined {
  try {
    return parsePackageJson(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  } catch {
    return undefined;
  }
}

function parsePackageJson(text: string): PackageJson {
  const raw = recordOf(JSON.parse(text.replace(/^\uFEFF/, '')) as unknown);
  const peersMeta = recordOf(raw['peerDependenciesMeta']);
  const name = textOf(raw['name']);

  const bundled = raw['bundledDependencies'] ?? raw['bundleDependencies'];
  const dependencies = Object.keys(recordOf(raw['dependencies']));
  return {
    name,
    version: textOf(raw['version']),
    main: textOf(raw['main']),
    dependencies,
    optionalDependencies: Object.keys(recordOf(raw['optionalDependencies'])),
    peerDependencies: [
      ...new Set([...Object.keys(recordOf(raw['peerDependencies'])), ...Object.keys(peersMeta)]),
    ],
    optionalPeers: Object.keys(peersMeta).filter((peer) => recordOf(peersMeta[peer])['optional'] === true),
    bundledDependencies: bundled === true ? dependencies : textsOf(bundled),
    devDependencies: Object.keys(recordOf(raw['devDependencies'])),
    scripts: textRecordOf(raw['scripts']),
    bin: binOf(raw['bin'], name),
    os: textsOf(raw['os']),
    cpu: textsOf(raw['cpu']),
    libc: textsOf(raw['libc']),
    raw,
  };
}

function binOf(bin: unknown, name: string | undefined): Record<string, string> {
  const file = textOf(bin);
  if (file === undefined) return textRecordOf(bin);
  const command = name?.split('/').at(-1);
  return command === undefined ? {} : { [command]: file };
}

function recordOf(value: unknown): Record<string, unknown> {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isRecord ? { ...value } : {};
}

function textRecordOf(value: unknown): Record<string, string> {
  const entries = Object.entries(recordOf(value));
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Returns a list of strings. npm accepts a single string in place of a list. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}
