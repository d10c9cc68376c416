import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An in-memory file system of a few megabytes. */
export interface SmallDisk {
  readonly folder: string;
  /** Fills all free space. */
  fill(): void;
  /** Frees the space again. */
  free(): void;
  /** Returns a path at which the same files cannot be written. */
  readOnlyView(): string;
  dispose(): void;
}

const canMount = mountable();

/** The reason why tests with a {@link SmallDisk} are skipped; undefined if they run. */
export const noSmallDisk = canMount
  ? undefined
  : 'skipped: only root can mount a tmpfs, which this test fills';

/** Mounts a file system. @param sizeMegabytes size of the file system */
export function mountSmallDisk(sizeMegabytes: number): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'codeseeder-small-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMegabytes}m`, 'tmpfs', folder]);
  const filler = join(folder, 'filler');
  let view: string | undefined;
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
    // Uses a read-only bind mount. The file system itself cannot be made read-only while another process has
    // inherited one of its files.
    readOnlyView() {
      view = mkdtempSync(join(tmpdir(), 'codeseeder-read-only-disk-'));
      execFileSync('mount', ['--bind', folder, view]);
      execFileSync('mount', ['-o', 'remount,bind,ro', view]);
      return view;
    },
    dispose() {
      if (view !== undefined) {
        execFileSync('umount', ['-l', view]);
        rmSync(view, { recursive: true, force: true });
      }
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
