import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';

/** Something on this machine that a requirement names, with the text around its path. */
export interface LocalReference {
  readonly before: string;
  /** As it is written, decoded where it is a URL. */
  readonly path: string;
  readonly form: 'path' | 'url';
  readonly after: string;
  /** Whether pip refuses the line where nothing is at the path. */
  readonly isRequired: boolean;
}

/** Why a line cannot be taken along. */
export class UnusableReference extends Error {}

const NAME_AND_URL = /^([A-Za-z0-9][\w.-]*\s*(?:\[[^\]]*\])?\s*@\s*)(\S+)(.*)$/s;
const URL_SCHEME = /^[a-z][a-z0-9+.-]*:/i;
const LOCAL_REPOSITORY = /^(git|hg|svn|bzr)\+file:/i;
const EXTRAS = /^(.+?)(\s*\[[^\]]+\])$/s;

/** What pip takes for a distribution when it has its name alone. */
const ARCHIVE = /\.(whl|zip|tar|tgz|tbz|txz|tlz|tar\.(gz|bz2|xz|lz|lzma))$/i;

/**
 * Finds what a requirement names on this machine, by pip's own rules.
 *
 * @param requirement with its variables in place
 * @param options.isEditable whether it is the value of `--editable`, which takes a folder's name alone
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
  const semicolon = isEditable ? -1 : text.indexOf(';');
  const marker = semicolon < 0 ? '' : text.slice(semicolon);
  const specifier = semicolon < 0 ? text : text.slice(0, semicolon);
  const trimmed = specifier.trim();
  const [, bare = trimmed, extras = ''] = EXTRAS.exec(trimmed) ?? [];
  const looksLikePath = /^\.|\//.test(trimmed);
  const isLocal =
    looksLikePath || ARCHIVE.test(bare) || (isEditable && (await isFolder(path.resolve(folder, bare))));
  if (!isLocal) return undefined;
  const after = `${extras}${marker === '' ? '' : ` ${marker}`}`;
  return { before: '', path: bare, form: 'path', after, isRequired: looksLikePath || marker === '' };
}

function urlReference(name: string, text: string, rest: string, isEditable: boolean): LocalReference {
  // Of a URL without a name, "; " starts a marker.
  const marker = name === '' && !isEditable ? text.search(/\s*;\s/) : -1;
  const url = marker < 0 ? text : text.slice(0, marker);
  const [, extrasLess = url, extras = ''] = (isEditable && EXTRAS.exec(url)) || [];
  const [, address = '', suffix = ''] = /^([^?#]*)(.*)$/s.exec(extrasLess) ?? [];
  const after = `${suffix}${extras}${url === text ? '' : text.slice(marker)}${rest}`;
  const isRequired = !/(^|\s);/.test(after);
  return { before: name, path: pathOfFileUrl(address), form: 'url', after, isRequired };
}

/** The path of a `file:` URL, which may be relative. */
export function pathOfFileUrl(url: string): string {
  const encoded = url.replace(/^file:/i, '').replace(/^\/\/(localhost)?(?=\/)/i, '');
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}

/** The path by which a file is known: another way to the same folder gives the same. */
export async function plainPath(file: string): Promise<string> {
  const absolute = path.resolve(file);
  const folder = path.dirname(absolute);
  return path.join(await realpath(folder).catch(() => folder), path.basename(absolute));
}

/** What is at a path, links followed. */
export async function kindAt(place: string): Promise<'file' | 'folder' | undefined> {
  const found = await stat(place).catch(() => undefined);
  if (found?.isFile() === true) return 'file';
  return found?.isDirectory() === true ? 'folder' : undefined;
}

async function isFolder(place: string): Promise<boolean> {
  return (await kindAt(place)) === 'folder';
}
