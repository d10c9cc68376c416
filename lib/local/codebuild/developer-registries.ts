import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** By variable: the file below a build's home that says the same, and its text. */
const SETTINGS: Readonly<Record<string, { file: string; text: (url: string) => string }>> = {
  npm_config_registry: { file: '.npmrc', text: (url) => `registry=${url}\n` },
  PIP_INDEX_URL: {
    file: join('.config', 'pip', 'pip.conf'),
    text: (url) => `[global]\nindex-url = ${url}\n`,
  },
};

/**
 * Takes the developer's own registries along into a build as its settings. As variables they would count more than
 * the files by which a build logs in to a registry.
 */
export async function writeDeveloperRegistries(
  home: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  for (const [name, { file, text }] of Object.entries(SETTINGS)) {
    const url = environment[name];
    if (url === undefined || /[\s\p{C}]/u.test(url)) continue;
    const path = join(home, file);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(path, text(url), { mode: 0o600 });
  }
}
