import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The folder of a project. */
export interface Project {
  readonly folder: string;
  /** Returns the absolute path of a file in the project. */
  at(file: string): string;
  write(files: Readonly<Record<string, string | Uint8Array>>): Promise<void>;
  makeExecutable(file: string): Promise<void>;
  link(file: string, target: string): Promise<void>;
}

/** Creates empty folders for projects, and removes all of them with `removeAll()`. */
export function createProjects(): { make(): Promise<Project>; removeAll(): Promise<void> } {
  const folders: string[] = [];
  return {
    async make() {
      const folder = await mkdtemp(path.join(tmpdir(), 'codeseeder-project-'));
      folders.push(folder);
      const at = (file: string) => path.join(folder, file);
      return {
        folder,
        at,
        async write(files) {
          for (const [file, content] of Object.entries(files)) {
            await mkdir(path.dirname(at(file)), { recursive: true });
            await writeFile(at(file), content);
          }
        },
        makeExecutable: (file) => chmod(at(file), 0o700),
        link: (file, target) => symlink(target, at(file)),
      };
    },
    async removeAll() {
      await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
    },
  };
}
