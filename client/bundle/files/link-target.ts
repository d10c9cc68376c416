import { readlinkSync, realpathSync } from 'node:fs';
import path from 'node:path';

import { REPLACEMENT_CHARACTER, requirePortableTarget } from './entry-name.js';
import { errorCode, refusePacking } from '../layer/refuse-packing.js';

/** Error codes of a link whose target does not exist, as opposed to one that cannot be read. */
const DANGLING = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG']);

/**
 * Reads the links of a folder. A target that stays inside the folder at each step is kept as it is. A target that is
 * absolute, or leaves the folder at some step, is rewritten relative to the link. A link whose target does not exist
 * is kept if the target would be inside the folder.
 */
export class LinkReader {
  readonly #root: string;
  readonly #realPaths = new Map<string, string | undefined>();

  /** @param root the folder's real path */
  constructor(root: string) {
    this.#root = root;
  }

  /**
   * Returns the relative target of a link, with `/`.
   * @param link path of the link; its folder is a real path
   * @throws CodeseederError `PackFailed` if the link leads outside the folder
   */
  targetOf(link: string): string {
    const text = readTarget(link);
    const { place, staysInside } = this.#follow(text, path.dirname(link));
    const destination = this.#realPath(link);
    if (destination !== undefined && !this.#isInside(destination)) {
      refusePacking(
        `${link} is a link that leads outside the folder, to ${destination}; add that folder to \`dirs\` too, or leave the link out with a pattern of \`ignore\``,
      );
    }
    if (staysInside) return text.split(path.sep).join('/');
    const end = this.#isInside(place) ? place : destination;
    if (end === undefined) {
      refusePacking(
        `The target ${text} of the link ${link} does not exist and is outside the folder; remove the link, or leave it out with a pattern of \`ignore\``,
      );
    }
    return path.relative(path.dirname(link), end).split(path.sep).join('/') || '.';
  }

  /** Follows a target step by step, as the operating system does: `..` after a link is relative to its target. */
  #follow(text: string, from: string): { place: string; staysInside: boolean } {
    const isAbsolute = path.isAbsolute(text);
    const segments = text.split(path.sep).filter((segment) => segment !== '' && segment !== '.');
    let place = isAbsolute ? path.parse(text).root : from;
    let staysInside = !isAbsolute;
    for (const [index, segment] of segments.entries()) {
      const next = segment === '..' ? path.dirname(place) : path.join(place, segment);
      // The last step is not followed: it may be another link, which is included too.
      place = index < segments.length - 1 ? (this.#realPath(next) ?? next) : next;
      if (!this.#isInside(place)) staysInside = false;
    }
    return { place, staysInside };
  }

  #isInside(place: string): boolean {
    return place === this.#root || place.startsWith(this.#root + path.sep);
  }

  /** Returns the path without links; undefined if it does not exist. */
  #realPath(place: string): string | undefined {
    if (this.#realPaths.has(place)) return this.#realPaths.get(place);
    const found = realPath(place);
    this.#realPaths.set(place, found);
    return found;
  }
}

function realPath(place: string): string | undefined {
  try {
    return realpathSync.native(place);
  } catch (error) {
    if (DANGLING.has(errorCode(error) ?? '')) return undefined;
    return refusePacking(
      `${place} cannot be read; change its permissions, or leave it out with a pattern of \`ignore\``,
      error,
    );
  }
}

function readTarget(link: string): string {
  const text = readlinkSync(link);
  const raw = text.includes(REPLACEMENT_CHARACTER) ? readlinkSync(link, 'buffer') : undefined;
  // On Windows a backslash is the separator.
  requirePortableTarget(link, text.split(path.sep).join('/'), raw);
  return text;
}
