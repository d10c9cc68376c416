import { isUtf8 } from 'node:buffer';

import { refusePacking } from '../layer/refuse-packing.js';

/**
 * Characters that no name may have. Control characters would break the lines of a layer's manifest, and unpackers treat
 * a backslash as a separator.
 */
const REFUSED_CHARACTERS = /[\p{Cc}\p{Cs}\\]/u;

/** The character with which Node.js replaces bytes of a name that are not UTF-8. */
export const REPLACEMENT_CHARACTER = '\uFFFD';

/**
 * Refuses a name that the build would not unpack unchanged.
 *
 * @param name bytes if it is not UTF-8
 * @throws CodeseederError `PackFailed`
 */
export function requirePortableName(folder: string, name: string | Buffer): void {
  if (typeof name === 'string' && !REFUSED_CHARACTERS.test(name)) return;
  const raw = typeof name === 'string' ? undefined : name;
  refuseName(`${folder}/${printable(name.toString(), raw)}`, problemOf(name.toString(), raw));
}

/** Refuses a path in the bundle that the build would not unpack unchanged. @throws CodeseederError `PackFailed` */
export function requirePortablePath(path: string): void {
  if (REFUSED_CHARACTERS.test(path)) {
    refusePacking(
      `The path ${printable(path, undefined)} has ${problemOf(path, undefined)}; use another path`,
    );
  }
}

/** Refuses the target of a link that the build would not unpack unchanged. @throws CodeseederError `PackFailed` */
export function requirePortableTarget(link: string, target: string, raw?: Buffer): void {
  const isPortable = (raw === undefined || isUtf8(raw)) && !REFUSED_CHARACTERS.test(target);
  if (!isPortable) {
    refuseName(`The target ${printable(target, raw)} of the link ${link}`, problemOf(target, raw));
  }
}

function refuseName(subject: string, problem: string): never {
  refusePacking(
    `${subject} has ${problem} in its name; rename it, or leave it out with a pattern of \`ignore\``,
  );
}

function problemOf(name: string, raw: Buffer | undefined): string {
  if (raw !== undefined && !isUtf8(raw)) return 'bytes that are not UTF-8';
  return name.includes('\\') ? 'a backslash' : 'a control character';
}

/** Returns the name with escapes for characters that a terminal does not show. */
function printable(name: string, raw: Buffer | undefined): string {
  const isText = raw === undefined || isUtf8(raw);
  const text = isText ? name : raw.toString('latin1').replaceAll(/[\x80-\xff]/g, escaped);
  return text.replaceAll(/[\p{Cc}\p{Cs}]/gu, escaped);
}

function escaped(character: string): string {
  const code = character.charCodeAt(0);
  return code > 0xff ? `\\u${code.toString(16)}` : `\\x${code.toString(16).padStart(2, '0')}`;
}
