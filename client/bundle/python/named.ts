import path from 'node:path';

import { kindAt, UnusableReference, type LocalReference } from './local-reference.js';

/** A file or folder that a line of a requirements file names, on this machine or in `dirs` and `files`. */
export interface Named {
  readonly kind: 'requirements' | 'project' | 'archive' | 'links' | 'index' | 'bundled';
  /** Absolute path on this machine; for the kind `bundled` the path in the bundle. */
  readonly path: string;
}

/** The environment in which packing resolves paths. */
export interface PackingPlace {
  /** The working folder, to which paths of projects and archives are relative. */
  readonly folder: string;
  /** Expands variables such as `${HOME}` that are set. */
  expand(text: string): string;
  /** Returns the path of a file or folder of `dirs` and `files` in the bundle; undefined if there is none. */
  bundled(relative: string): Promise<string | undefined>;
}

const PROJECT_FILES = ['pyproject.toml', 'setup.py'];

/**
 * Finds the file or folder that a requirement names.
 *
 * @returns undefined if it is missing and pip ignores that
 * @throws UnusableReference if it is missing, or pip cannot install it
 */
export async function nameReference(
  { path: written, isRequired }: LocalReference,
  isEditable: boolean,
  place: PackingPlace,
): Promise<Named | undefined> {
  const absolute = path.resolve(place.folder, written);
  const kind = await kindAt(absolute);
  if (kind === 'file' && !isEditable) return { kind: 'archive', path: absolute };
  if (kind === 'folder') {
    const found = await Promise.all(PROJECT_FILES.map((name) => kindAt(path.join(absolute, name))));
    if (found.includes('file')) return { kind: 'project', path: absolute };
    throw new UnusableReference(
      `${absolute} has neither setup.py nor pyproject.toml, so pip cannot install it`,
    );
  }
  const bundled = path.isAbsolute(written) ? undefined : await place.bundled(written);
  if (bundled !== undefined) return { kind: 'bundled', path: bundled };
  if (!isRequired) return undefined;
  throw new UnusableReference(
    `${written} is missing; a relative path starts from the working folder, ${place.folder}: run from the folder where pip installs the file, or correct the path`,
  );
}

/** Returns the {@link PackingPlace} of a folder, with variables and the `dirs` and `files` of a run. */
export function packingPlace(
  folder: string,
  variables: Readonly<Record<string, string | undefined>>,
  {
    dirs = {},
    files = {},
  }: {
    readonly dirs?: Readonly<Record<string, string>> | undefined;
    readonly files?: Readonly<Record<string, string>> | undefined;
  },
): PackingPlace {
  return {
    folder,
    expand: (text) =>
      // pip does not expand a variable that is empty or not set.
      text.replace(/\$\{([A-Z0-9_]+)\}/g, (written, name: string) => variables[name] || written),
    async bundled(relative) {
      const requested = path.posix.normalize(relative).replace(/\/+$/, '');
      if (Object.hasOwn(files, requested)) return requested;
      for (const [name, source] of Object.entries(dirs)) {
        if (name === requested || name.startsWith(`${requested}/`)) return requested;
        const isBelow = requested.startsWith(`${name}/`);
        if (isBelow && (await kindAt(path.join(source, requested.slice(name.length + 1)))) !== undefined)
          return requested;
      }
      return undefined;
    },
  };
}
