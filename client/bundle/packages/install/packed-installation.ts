import path from 'node:path';

import type { FileEntry } from '../../layer/layer.js';
import type { InstallPlan } from './install-plan.js';

/**
 * Returns what a bundle contains in place of packages that the build installs: the files of the installation, such as
 * the lock file, and the commands that install.
 *
 * @param base folder that becomes the bundle's root
 */
export function packedInstallation(
  { folder, files, commands }: InstallPlan,
  base: string,
): { readonly entries: FileEntry[]; readonly installCommands: string[] } {
  const place = path.relative(base, folder).split(path.sep).join('/');
  return {
    entries: files.map((file) => ({
      kind: 'file',
      path: path.posix.join(place, file.path),
      mode: 0o644,
      content: file.content,
    })),
    installCommands: commands.map((command) => `(cd "$CODEBUILD_SRC_DIR"/${quoted(place)} && ${command})`),
  };
}

/** Quotes a path as one word of a POSIX shell. */
function quoted(place: string): string {
  return place === '' ? '' : `'${place.replaceAll("'", `'\\''`)}'`;
}
