import path from 'node:path';

import { BUILD_VARIABLES, BUNDLE_PATHS } from '../../../lib/contract/index.js';
import type { Named } from './named.js';
import type { Part, ReadOption } from './read-option.js';
import type { RequirementsFile } from './requirements-file.js';
import type { RequirementsTree } from './requirements-tree.js';
import { optionText } from './requirements-line.js';

/**
 * The paths in the bundle of requirements files and of the files that they name. They are below one folder, with the
 * relative paths of this machine.
 */
export interface RequirementsMirror {
  /** All files and folders on this machine that the requirements files name, each once. */
  readonly named: readonly Named[];
  /** Returns the path in the bundle of a file on this machine. */
  placeOf(source: string): string;
  /** Returns the text of a requirement in the bundle. */
  text(parts: readonly Part[], from: RequirementsFile | undefined): string;
  /** Returns the text of an option in the bundle. */
  option(option: ReadOption, from: RequirementsFile | undefined): string;
}

export function mirrorRequirements({ files }: RequirementsTree): RequirementsMirror {
  const named = namedIn(files);
  const folders = [
    ...files.map((file) => path.dirname(file.path)),
    ...named.map(({ kind, path: source }) => (kind === 'project' ? source : path.dirname(source))),
  ];
  const base = folders.reduce(commonFolder);
  const placeOf = (source: string) =>
    [BUNDLE_PATHS.pythonRequirements, ...path.relative(base, source).split(path.sep)]
      .filter(Boolean)
      .join('/');
  const partText = (part: Part, from: RequirementsFile | undefined): string => {
    if (typeof part === 'string') return part;
    const place = part.named.kind === 'bundled' ? part.named.path : placeOf(part.named.path);
    if (part.form === 'url')
      return `\${${BUILD_VARIABLES.bundleUrl}}/${place.split('/').map(encodeURIComponent).join('/')}`;
    if (part.form === 'path' || from === undefined) return `./${place}`;
    return path.posix.relative(path.posix.dirname(placeOf(from.path)), place);
  };
  const text = (parts: readonly Part[], from: RequirementsFile | undefined) =>
    parts.map((part) => partText(part, from)).join('');
  return {
    named,
    placeOf,
    text,
    option: ({ name, value, parts }, from) =>
      optionText({ name, value: parts === undefined ? value : text(parts, from) }),
  };
}

function namedIn(files: readonly RequirementsFile[]): Named[] {
  const parts = files
    .flatMap(({ lines }) => lines)
    .flatMap(({ requirement, options }) => [
      ...requirement,
      ...options.flatMap((option) => option.parts ?? []),
    ]);
  const named = parts.flatMap((part) => (typeof part === 'string' ? [] : [part.named]));
  const here = named.filter(({ kind }) => kind !== 'bundled' && kind !== 'requirements');
  return [...new Map(here.map((one) => [`${one.kind} ${one.path}`, one])).values()];
}

function commonFolder(left: string, right: string): string {
  let folder = left;
  while (folder !== path.dirname(folder) && right !== folder && !right.startsWith(folder + path.sep))
    folder = path.dirname(folder);
  return folder;
}
