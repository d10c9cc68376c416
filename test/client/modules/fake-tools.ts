import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * A fake npm that records its arguments, its settings file and the names of its variables. It writes a file for `npm
 * pack` and publishes nothing. If a package contains a file `broken`, the command that this file names fails and
 * prints the recorded data.
 */
const NPM = `#!/bin/bash
for word in "$@"; do
  case $word in
    --pack-destination=*) destination=\${word#*=} ;;
    --userconfig=*) userconfig=\${word#*=} ;;
    *.tgz) [ -f "$word.broken" ] && broken=1 ;;
  esac
done
printf '%s\\n' "$*" >> "$KEPT/words"
env | cut -d= -f1 >> "$KEPT/variables"
if [ "$1" = pack ]; then
  if [ "$(cat broken 2> /dev/null)" = pack ]; then echo 'prepack: no such tool' >&2; exit 1; fi
  echo packed > "$destination/package.tgz"
  if [ "$(cat broken 2> /dev/null)" = publish ]; then touch "$destination/package.tgz.broken"; fi
else
  stat -c %a "$userconfig" >> "$KEPT/modes"
  cat "$userconfig" >> "$KEPT/settings"
  if [ -n "$broken" ]; then cat "$userconfig" >&2; exit 1; fi
fi
`;

/** Fake tools. Their folder is first in PATH, so they are found before the real ones. */
export interface FakeTools {
  /** Folder in which packages are created. */
  readonly folder: string;
  /** Creates the folder of a package. */
  package(name: string, files: Readonly<Record<string, string>>): Promise<string>;
  /** Returns what the tools recorded about `words`, `variables`, `modes` or `settings`. */
  kept(what: string): Promise<string>;
  dispose(): Promise<void>;
}

export async function fakeTools(): Promise<FakeTools> {
  const folder = await mkdtemp(path.join(tmpdir(), 'codeseeder-tools-'));
  const commands = path.join(folder, 'commands');
  await mkdir(commands);
  await writeFile(path.join(commands, 'npm'), NPM, { mode: 0o755 });
  const before = { ...process.env };
  Object.assign(process.env, { PATH: `${commands}:${before['PATH']}`, KEPT: folder, TMPDIR: folder });
  return {
    folder,
    async package(name, files) {
      const directory = path.join(folder, 'packages', name);
      await mkdir(directory, { recursive: true });
      for (const [file, text] of Object.entries(files)) await writeFile(path.join(directory, file), text);
      return directory;
    },
    kept: (what) => readFile(path.join(folder, what), 'utf8').catch(() => ''),
    async dispose() {
      for (const name of ['PATH', 'KEPT', 'TMPDIR']) {
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}
