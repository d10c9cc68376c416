import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system of a few megabytes, in memory. */
export interface SmallDisk {
  readonly folder: string;
  /** Uses up all space. */
  fill(): void;
  /** Frees the space again. */
  free(): void;
  /** Allows no writes from now on, or allows them again. */
  setReadOnly(isReadOnly: boolean): void;
  dispose(): void;
}

const canMount = mountable();

/** Why the tests with a {@link SmallDisk} are skipped, or undefined. */
export const noSmallDisk = canMount
  ? undefined
  : 'skipped: only root can mount a tmpfs, which this test fills';

/** @param sizeMegabytes of the file system */
export function mountSmallDisk(sizeMegabytes: number): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'codeseeder-small-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMegabytes}m`, 'tmpfs', folder]);
  const filler = join(folder, 'filler');
  return {
    folder,
    fill() {
      const file = openSync(filler, 'a');
      for (const size of [1 << 20, 1 << 16, 4096]) {
        try {
          for (;;) writeSync(file, Buffer.alloc(size, 1));
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        }
      }
      closeSync(file);
    },
    free: () => rmSync(filler, { force: true }),
    setReadOnly: (isReadOnly) => {
      execFileSync('mount', ['-o', `remount,${isReadOnly ? 'ro' : 'rw'}`, folder]);
    },
    dispose() {
      execFileSync('umount', ['-l', folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function mountable(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'codeseeder-mount-'));
  try {
    mkdirSync(folder, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' });
    execFileSync('umount', [folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
