import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

import ignore from 'ignore';
import { parse } from 'yaml';

import { refusePacking } from '../../layer/refuse-packing.js';
import type { LockFile } from './find-lock-file.js';
import { readPackageJson } from '../installed/package-json.js';

/** A file that the installation in the build reads. */
export interface InstallFile {
  /** Path below the lock file's folder, with `/`. */
  readonly path: string;
  readonly content: Uint8Array;
}

/** Settings and patches beside a lock file that change what is installed. */
const SETTINGS = ['.npmrc', '.yarnrc', '.yarnrc.yml', 'pnpm-workspace.yaml', '.pnpmfile.cjs'];
const FOLDERS = ['patches', '.yarn/patches', '.yarn/plugins'];

/** Matches a line with a secret. A line that only names a variable does not match. */
const SECRET_LINE =
  /^.*(?:_auth|_authToken|_password|npmAuthToken|npmAuthIdent)["']?\s*[:=]\s*(?!["']?\$\{).*$/gim;
const LOCAL_VERSION = /^(?:file|link|portal):/;

/**
 * Collects the files that the installation reads: the lock file, the `package.json` of the project and of each package
 * of its workspace, settings without secrets, and patches.
 *
 * @throws CodeseederError `PackFailed` for a dependency that is a folder or file of this machine
 */
export function installFiles(lock: LockFile): InstallFile[] {
  const manifests = ['package.json', ...workspaceManifests(lock.folder)];
  for (const manifest of manifests) refuseLocal(lock.folder, manifest);
  const whole = [lock.name, ...manifests, ...FOLDERS.flatMap((folder) => filesIn(lock.folder, folder))];
  const settings = SETTINGS.filter((name) => existsSync(path.join(lock.folder, name)));
  return [
    ...whole.map((name) => ({ path: name, content: readFileSync(path.join(lock.folder, name)) })),
    ...settings.map((name) => ({ path: name, content: withoutSecrets(path.join(lock.folder, name)) })),
  ];
}

function withoutSecrets(file: string): Uint8Array {
  return Buffer.from(readFileSync(file, 'utf8').replaceAll(SECRET_LINE, ''));
}

function workspaceManifests(folder: string): string[] {
  const patterns = workspacePatterns(folder);
  if (patterns.length === 0) return [];
  const matcher = ignore().add(patterns.map((pattern) => pattern.replace(/^(!?)(?:\.?\/)?/, '$1/')));
  return foldersWithManifest(folder, '')
    .filter((below) => matcher.ignores(below))
    .map((below) => `${below}/package.json`);
}

function workspacePatterns(folder: string): string[] {
  const workspaces = readPackageJson(folder)?.raw['workspaces'];
  const listed = listOf(workspaces) ?? listIn(workspaces, 'packages');
  const pnpm = path.join(folder, 'pnpm-workspace.yaml');
  const ofPnpm = existsSync(pnpm) ? listIn(parse(readFileSync(pnpm, 'utf8')), 'packages') : [];
  return [...listed, ...ofPnpm].filter((pattern) => typeof pattern === 'string');
}

function listIn(value: unknown, key: string): readonly unknown[] {
  const list =
    typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  return listOf(list) ?? [];
}

function listOf(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

function foldersWithManifest(root: string, below: string): string[] {
  const names = readdirSync(path.join(root, below), { withFileTypes: true });
  return names.flatMap((entry) => {
    if (!entry.isDirectory() || entry.name === 'node_modules' || entry.name.startsWith('.')) return [];
    const place = below === '' ? entry.name : `${below}/${entry.name}`;
    const own = existsSync(path.join(root, place, 'package.json')) ? [place] : [];
    return [...own, ...foldersWithManifest(root, place)];
  });
}

function filesIn(root: string, folder: string): string[] {
  if (!existsSync(path.join(root, folder))) return [];
  const names = readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' });
  return names
    .map((name) => `${folder}/${name.split(path.sep).join('/')}`)
    .filter((name) => statSync(path.join(root, name)).isFile());
}

function refuseLocal(folder: string, manifest: string): void {
  const raw = readPackageJson(path.dirname(path.join(folder, manifest)))?.raw ?? {};
  for (const [name, version] of Object.entries({
    ...fieldOf(raw, 'dependencies'),
    ...fieldOf(raw, 'optionalDependencies'),
  })) {
    if (typeof version === 'string' && LOCAL_VERSION.test(version)) {
      refusePacking(
        `${path.join(folder, manifest)} has the dependency ${name} as ${version}, which cannot be installed in the build; publish it, or make it a package of the workspace`,
      );
    }
  }
}

function fieldOf(raw: Readonly<Record<string, unknown>>, field: string): Record<string, unknown> {
  const value = raw[field];
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
