import path from 'node:path';

import type { InstallPlan } from '../packages/install-plan.js';
import type { PackedPackages } from './kept-packages.js';

/**
 * Returns what a bundle has in the place of packages that the build installs: lock file and manifests, and commands that
 * run where they are.
 *
 * @param base folder that becomes the bundle's root
 */
export function packedInstallation({ folder, files, commands }: InstallPlan, base: string): PackedPackages {
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

/** A path as one word of a POSIX shell. */
function quoted(place: string): string {
  return place === '' ? '' : `'${place.replaceAll("'", `'\\''`)}'`;
}
