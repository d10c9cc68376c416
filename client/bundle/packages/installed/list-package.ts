import { isUtf8 } from 'node:buffer';
import { lstatSync, readdirSync, type Stats } from 'node:fs';

import { REPLACEMENT_CHARACTER } from '../../files/entry-name.js';

/** A file, link or empty folder of a package. */
export interface PackageItem {
  /** Path relative to the package's folder, with `/`. Not exact if `rawName` is set. */
  readonly below: string;
  readonly stats: Stats;
  /** The name as bytes, if it is not UTF-8. */
  readonly rawName?: Buffer | undefined;
}

/** Lists the files of a package's folder, without the packages in its `node_modules`. */
export function listPackage(folder: string): readonly PackageItem[] {
  const items: PackageItem[] = [];
  walk('');
  return items;

  function walk(below: string): void {
    for (const name of namesIn(below === '' ? folder : `${folder}/${below}`)) {
      if (below === '' && name === 'node_modules') continue;
      const text = name.toString();
      const itemBelow = below === '' ? text : `${below}/${text}`;
      if (typeof name === 'string') add(itemBelow, `${folder}/${itemBelow}`);
      else addUnreadable(itemBelow, name, below);
    }
  }

  function add(below: string, onDisk: string): void {
    const stats = lstatSync(onDisk, { throwIfNoEntry: false });
    if (stats === undefined) return;
    const before = items.length;
    if (stats.isDirectory()) walk(below);
    // A folder with files and mode 755 needs no entry of its own.
    if (items.length === before || (stats.mode & 0o777) !== 0o755) items.push({ below, stats });
  }

  /** Adds an item whose name is not UTF-8. Its folder is not walked, because packing refuses the name. */
  function addUnreadable(itemBelow: string, rawName: Buffer, below: string): void {
    const stats = lstatSync(besides(`${folder}/${below}`, rawName), { throwIfNoEntry: false });
    if (stats !== undefined) items.push({ below: itemBelow, stats, rawName });
  }
}

function namesIn(folder: string): (string | Buffer)[] {
  const names = readdirSync(folder).sort();
  if (!names.some((name) => name.includes(REPLACEMENT_CHARACTER))) return names;
  return readdirSync(folder, { encoding: 'buffer' }).map((name) => (isUtf8(name) ? name.toString() : name));
}

function besides(folder: string, name: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${folder}/`), name]);
}
