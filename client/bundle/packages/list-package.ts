import { isUtf8 } from 'node:buffer';
import { lstatSync, readdirSync, type Stats } from 'node:fs';

import { REPLACEMENT_CHARACTER } from '../layer/entry-name.js';

/** A file, link or empty folder of a package. */
export interface PackageItem {
  /** Path below the package's folder, with `/`. Not to be relied on where `rawName` is set. */
  readonly below: string;
  readonly stats: Stats;
  /** The name as bytes, where it is not UTF-8. */
  readonly rawName?: Buffer;
}

/** Lists what is in a package's folder, without the packages in its `node_modules`. */
export function listPackage(folder: string): readonly PackageItem[] {
  const items: PackageItem[] = [];
  walk('');
  return items;

  function walk(below: string): void {
    const names = namesIn(below === '' ? folder : `${folder}/${below}`);
    for (const name of names) {
      const text = name.toString();
      if (below === '' && text === 'node_modules') continue;
      const itemBelow = below === '' ? text : `${below}/${text}`;
      const onDisk =
        typeof name === 'string' ? `${folder}/${itemBelow}` : besides(`${folder}/${below}`, name);
      const stats = lstatSync(onDisk, { throwIfNoEntry: false });
      if (stats === undefined) continue;
      const isUsualFolder = stats.isDirectory() && typeof name === 'string';
      const before = items.length;
      if (isUsualFolder) walk(itemBelow);
      if (isUsualFolder && items.length > before && (stats.mode & 0o777) === 0o755) continue;
      items.push({ below: itemBelow, stats, ...(typeof name !== 'string' && { rawName: name }) });
    }
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
