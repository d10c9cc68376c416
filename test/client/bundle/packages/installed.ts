import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Content of files by path. An object is written as JSON. */
export type Files = Readonly<Record<string, string | Uint8Array | object>>;

/** Temporary folders with installed packages. */
export interface InstalledFolders {
  /** Creates a folder with the given files. @returns the folder's real path */
  make(files: Files): string;
  /** Adds files to a folder. */
  write(folder: string, files: Files): void;
  /** Creates a link. @param place path of the link below the folder @param target the text of the link */
  link(folder: string, place: string, target: string): void;
  removeAll(): void;
}

export function installedFolders(): InstalledFolders {
  const made: string[] = [];
  const folders: InstalledFolders = {
    make(files) {
      const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'codeseeder-packages-')));
      made.push(folder);
      folders.write(folder, files);
      return folder;
    },
    write(folder, files) {
      for (const [name, content] of Object.entries(files)) {
        const file = path.join(folder, name);
        mkdirSync(path.dirname(file), { recursive: true });
        const isText = typeof content === 'string' || content instanceof Uint8Array;
        writeFileSync(file, isText ? content : JSON.stringify(content));
        if (name.includes('/bin/')) chmodSync(file, 0o755);
      }
    },
    link(folder, place, target) {
      mkdirSync(path.dirname(path.join(folder, place)), { recursive: true });
      symlinkSync(target, path.join(folder, place));
    },
    removeAll() {
      for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
    },
  };
  return folders;
}

/** Returns the files of an installed package, with paths from its parent folder `node_modules`. */
export function aPackage(
  name: string,
  { json = {}, files = { 'index.js': 'module.exports = 1;' } }: { json?: object; files?: Files } = {},
): Files {
  const all: Files = { 'package.json': { name, version: '1.0.0', ...json }, ...files };
  return Object.fromEntries(
    Object.entries(all).map(([file, content]) => [`node_modules/${name}/${file}`, content]),
  );
}
