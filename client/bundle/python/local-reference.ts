import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';

/** A file or folder on this machine that a requirement names, with the text around its path. */
export interface LocalReference {
  readonly before: string;
  /** The path as it is written; decoded if the reference is a URL. */
  readonly path: string;
  readonly form: 'path' | 'url';
  readonly after: string;
  /** Whether pip refuses the line if the path does not exist. */
  readonly isRequired: boolean;
}

/** Thrown if a line cannot be included. The message is the reason. */
export class UnusableReference extends Error {}

const NAME_AND_URL = /^([A-Za-z0-9][\w.-]*\s*(?:\[[^\]]*\])?\s*@\s*)(\S+)(.*)$/s;
const URL_SCHEME = /^[a-z][a-z0-9+.-]*:/i;
const LOCAL_REPOSITORY = /^(git|hg|svn|bzr)\+file:/i;
const EXTRAS = /^(.+?)(\s*\[[^\]]+\])$/s;

/** File names that pip treats as distributions. */
const ARCHIVE = /\.(whl|zip|tar|tgz|tbz|txz|tlz|tar\.(gz|bz2|xz|lz|lzma))$/i;

/**
 * Finds the file or folder on this machine that a requirement names, by pip's own rules.
 *
 * @param requirement with expanded variables
 * @param options.isEditable whether it is the value of `--editable`, which accepts the plain name of a folder
 * @throws UnusableReference for a repository on this machine
 * @see https://pip.pypa.io/en/stable/cli/pip_install/#argument-handling
 */
export async function localReferenceOf(
  requirement: string,
  { isEditable, folder }: { readonly isEditable: boolean; readonly folder: string },
): Promise<LocalReference | undefined> {
  const [, name = '', url, rest = ''] = NAME_AND_URL.exec(requirement) ?? [];
  const text = url ?? requirement;
  if (LOCAL_REPOSITORY.test(text)) {
    throw new UnusableReference(
      `${text} is a repository on this machine; name its folder without ${text.slice(0, text.indexOf('+') + 1)}file:, or a repository that the build can reach`,
    );
  }
  if (/^file:/i.test(text)) return urlReference(name, text, rest, isEditable);
  if (url !== undefined || URL_SCHEME.test(text)) return undefined;
  return pathReference(text, isEditable, folder);
}

async function pathReference(
  text: string,
  isEditable: boolean,
  folder: string,
): Promise<LocalReference | undefined> {
  const { specifier, marker } = splitMarker(text, isEditable);
  const [, bare = specifier, extras = ''] = EXTRAS.exec(specifier) ?? [];
  const looksLikePath = /^\.|\//.test(specifier);
  const isLocal =
    looksLikePath || ARCHIVE.test(bare) || (isEditable && (await isFolder(path.resolve(folder, bare))));
  if (!isLocal) return undefined;
  const after = `${extras}${marker === '' ? '' : ` ${marker}`}`;
  return { before: '', path: bare, form: 'path', after, isRequired: looksLikePath || marker === '' };
}

/** Splits off the environment marker after a semicolon. The value of `--editable` cannot have one. */
function splitMarker(text: string, isEditable: boolean): { specifier: string; marker: string } {
  const semicolon = isEditable ? -1 : text.indexOf(';');
  if (semicolon < 0) return { specifier: text.trim(), marker: '' };
  return { specifier: text.slice(0, semicolon).trim(), marker: text.slice(semicolon) };
}

function urlReference(name: string, text: string, rest: string, isEditable: boolean): LocalReference {
  // In a URL without a name, "; " starts a marker.
  const marker = name === '' && !isEditable ? text.search(/\s*;\s/) : -1;
  const url = marker < 0 ? text : text.slice(0, marker);
  const [, extrasLess = url, extras = ''] = (isEditable && EXTRAS.exec(url)) || [];
  const [, address = '', suffix = ''] = /^([^?#]*)(.*)$/s.exec(extrasLess) ?? [];
  const after = `${suffix}${extras}${url === text ? '' : text.slice(marker)}${rest}`;
  const isRequired = !/(^|\s);/.test(after);
  return { before: name, path: pathOfFileUrl(address), form: 'url', after, isRequired };
}

/** Returns the path of a `file:` URL. It may be relative. */
export function pathOfFileUrl(url: string): string {
  const encoded = url.replace(/^file:/i, '').replace(/^\/\/(localhost)?(?=\/)/i, '');
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}

/** Returns the path of a file with the real path of its folder, so that each file has one path. */
export async function plainPath(file: string): Promise<string> {
  const absolute = path.resolve(file);
  const folder = path.dirname(absolute);
  return path.join(await realpath(folder).catch(() => folder), path.basename(absolute));
}

/** Returns whether a path is a file or a folder, following links; undefined if it is neither. */
export async function kindAt(place: string): Promise<'file' | 'folder' | undefined> {
  const found = await stat(place).catch(() => undefined);
  if (found?.isFile() === true) return 'file';
  return found?.isDirectory() === true ? 'folder' : undefined;
}

async function isFolder(place: string): Promise<boolean> {
  return (await kindAt(place)) === 'folder';
}
