import path from 'node:path';

import { kindAt, UnusableReference, type LocalReference } from './local-reference.js';

/** What a line of a requirements file names: something here, or what `dirs` and `files` bring into the bundle. */
export interface Named {
  readonly kind: 'requirements' | 'project' | 'archive' | 'links' | 'index' | 'bundled';
  /** Absolute path here; of what is bundled its path in the bundle. */
  readonly path: string;
}

/** Where packing takes place. */
export interface PackingPlace {
  /** The working folder: paths of projects and archives count from it. */
  readonly folder: string;
  /** Puts variables such as `${HOME}` in place, those that are set. */
  expand(text: string): string;
  /** Paths in the bundle that `dirs` and `files` bring. @returns undefined where they bring none */
  bundled(relative: string): Promise<string | undefined>;
}

const PROJECT_FILES = ['pyproject.toml', 'setup.py'];

/**
 * Finds what a requirement names.
 *
 * @returns undefined where nothing is there and pip does not mind
 * @throws UnusableReference where nothing is there, or nothing that pip installs
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
    `${written} is missing; a relative path counts from the working folder, ${place.folder}: pack from the folder where pip installs the file, or correct the path`,
  );
}

/** A {@link PackingPlace} in a folder, with the process's variables and what a run takes along. */
export function packingPlace(
  folder: string,
  variables: Readonly<Record<string, string | undefined>>,
  {
    dirs = {},
    files = {},
  }: { readonly dirs?: Readonly<Record<string, string>>; readonly files?: Readonly<Record<string, string>> },
): PackingPlace {
  return {
    folder,
    expand: (text) =>
      // pip leaves a variable that is empty or not set as it is.
      text.replace(/\$\{([A-Z0-9_]+)\}/g, (written, name: string) => variables[name] || written),
    async bundled(relative) {
      const wanted = path.posix.normalize(relative).replace(/\/+$/, '');
      if (Object.hasOwn(files, wanted)) return wanted;
      for (const [name, source] of Object.entries(dirs)) {
        if (name === wanted || name.startsWith(`${wanted}/`)) return wanted;
        const isBelow = wanted.startsWith(`${name}/`);
        if (isBelow && (await kindAt(path.join(source, wanted.slice(name.length + 1)))) !== undefined)
          return wanted;
      }
      return undefined;
    },
  };
}
