import { readFile, stat } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';

type Variables = Readonly<Record<string, string | undefined>>;

/** What says where packages come from; each counts for `pip install`. Lists have several values. */
const OPTIONS = [
  'index-url',
  'extra-index-url',
  'find-links',
  'no-index',
  'trusted-host',
  'cert',
  'client-cert',
] as const;
const PATHS: readonly string[] = ['find-links', 'cert', 'client-cert'];

type Sections = Readonly<Record<'global' | 'install', Map<string, string>>>;

/** Options of pip by their long names; a value of several has them on lines of their own. */
export type PipSettings = ReadonlyMap<string, string>;

/**
 * Reads where the developer's own pip takes packages from, with pip's precedence: variables, then the sections
 * `[install]` and then `[global]` of PIP_CONFIG_FILE, the virtual environment's file and the user's files. Files of the
 * whole machine are left out: builds on it read them, too. Relative paths are made absolute, as a build starts in
 * another folder.
 *
 * @see https://pip.pypa.io/en/stable/topics/configuration/
 */
export async function readPipSettings(variables: Variables, folder: string): Promise<PipSettings> {
  const files = await Promise.all((await configurationFiles(variables)).map(readConfiguration));
  const sections = [...files.map(({ install }) => install), ...files.map(({ global }) => global)];
  const settings = new Map<string, string>();
  for (const option of OPTIONS) {
    const variable = variables[`PIP_${option.toUpperCase().replaceAll('-', '_')}`];
    const value =
      variable || sections.map((section) => section.get(option)).find((found) => found !== undefined);
    if (value === undefined || value.trim() === '') continue;
    const words = value.split(/\s+/).filter(Boolean);
    const placed = PATHS.includes(option)
      ? await Promise.all(words.map((word) => absolutePath(word, variables, folder)))
      : words;
    settings.set(option, placed.join('\n    '));
  }
  return settings;
}

/** Passwords that are in addresses, as they are written there and decoded. */
export function passwordsIn(settings: PipSettings): string[] {
  return [...settings.values()]
    .flatMap((value) => value.split(/\s+/))
    .flatMap((address) => /^[a-z][a-z+]*:\/\/([^/?#]*)@/i.exec(address)?.[1] ?? [])
    .map((login) => (login.includes(':') ? login.slice(login.indexOf(':') + 1) : login))
    .flatMap((password) => [password, decoded(password)]);
}

/** From the one that counts most on. PIP_CONFIG_FILE replaces the user's files where it exists. */
async function configurationFiles(variables: Variables): Promise<string[]> {
  const { PIP_CONFIG_FILE: chosen = '', VIRTUAL_ENV: environment = '', HOME: home = '' } = variables;
  const configuration = variables['XDG_CONFIG_HOME'] || join(home, '.config');
  const ofUser = [
    join(configuration, 'pip', 'pip.conf'),
    ...(process.platform === 'darwin' ? [join(home, 'Library/Application Support/pip/pip.conf')] : []),
    join(home, '.pip', 'pip.conf'),
  ];
  const hasChosen = chosen !== '' && (await isThere(chosen));
  return [
    ...(hasChosen ? [chosen] : []),
    ...(environment === '' ? [] : [join(environment, 'pip.conf')]),
    ...(hasChosen || home === '' ? [] : ofUser),
  ];
}

/** The options of the two sections that count for `pip install`, by their names. */
async function readConfiguration(file: string): Promise<Sections> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const sections: Sections = { global: new Map<string, string>(), install: new Map<string, string>() };
  let section: Map<string, string> | undefined;
  let name: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === '' || /^\s*[#;]/.test(line)) continue;
    const header = /^\[([^\]]*)\]/.exec(line)?.[1];
    const [, option, value = ''] = /^([^\s=:][^=:]*)[=:](.*)$/.exec(line) ?? [];
    if (header !== undefined) {
      section = header === 'global' || header === 'install' ? sections[header] : undefined;
      name = undefined;
    } else if (option !== undefined) {
      name = option.trim().toLowerCase().replaceAll('_', '-').replace(/^--/, '');
      section?.set(name, value.trim());
    } else if (name !== undefined && /^\s/.test(line)) {
      section?.set(name, `${section.get(name) ?? ''} ${line.trim()}`);
    }
  }
  return sections;
}

async function absolutePath(word: string, { HOME = '' }: Variables, folder: string): Promise<string> {
  const expanded = word.replace(/^~(?=\/|$)/, HOME);
  if (isAbsolute(expanded)) return expanded;
  const absolute = resolve(folder, expanded);
  return (await isThere(absolute)) ? absolute : word;
}

async function isThere(place: string): Promise<boolean> {
  return stat(place).then(
    () => true,
    () => false,
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
