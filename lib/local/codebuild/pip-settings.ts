import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';

type Variables = Readonly<Record<string, string | undefined>>;

/** Options of `pip install` that say where packages come from. Some can have several values. */
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

/**
 * Options of pip by their long names. If an option has several values, each value is on a line of its own.
 */
export type PipSettings = ReadonlyMap<string, string>;

/**
 * Reads the settings for package sources of the developer's own pip, in pip's order of precedence: environment
 * variables, then the sections `[install]` and `[global]` of PIP_CONFIG_FILE, of the virtual environment's file and
 * of the user's files. Leaves out the files for the whole machine, because pip in a build reads them itself. Makes
 * relative paths absolute, because a build starts in another folder.
 *
 * @see https://pip.pypa.io/en/stable/topics/configuration/
 */
export function readPipSettings(variables: Variables, folder: string): PipSettings {
  const files = configurationFiles(variables).map(readConfiguration);
  const sections = [...files.map(({ install }) => install), ...files.map(({ global }) => global)];
  const settings = new Map<string, string>();
  for (const option of OPTIONS) {
    const variable = variables[`PIP_${option.toUpperCase().replaceAll('-', '_')}`];
    const value =
      variable || sections.map((section) => section.get(option)).find((found) => found !== undefined);
    if (value === undefined || value.trim() === '') continue;
    const words = value.split(/\s+/).filter(Boolean);
    const placed = PATHS.includes(option)
      ? words.map((word) => absolutePath(word, variables, folder))
      : words;
    settings.set(option, placed.join('\n    '));
  }
  return settings;
}

/** Returns the passwords in URLs, both as written and percent-decoded. */
export function passwordsIn(settings: PipSettings): string[] {
  return [...settings.values()]
    .flatMap((value) => value.split(/\s+/))
    .flatMap((address) => /^[a-z][a-z+]*:\/\/([^/?#]*)@/i.exec(address)?.[1] ?? [])
    .map((login) => (login.includes(':') ? login.slice(login.indexOf(':') + 1) : login))
    .flatMap((password) => [password, decoded(password)]);
}

/**
 * Returns the paths of pip's configuration files, highest precedence first. If PIP_CONFIG_FILE exists, it replaces
 * the user's files.
 */
function configurationFiles(variables: Variables): string[] {
  const { PIP_CONFIG_FILE: chosen = '', VIRTUAL_ENV: environment = '', HOME: home = '' } = variables;
  const configuration = variables['XDG_CONFIG_HOME'] || join(home, '.config');
  const ofUser = [
    join(configuration, 'pip', 'pip.conf'),
    ...(process.platform === 'darwin' ? [join(home, 'Library/Application Support/pip/pip.conf')] : []),
    join(home, '.pip', 'pip.conf'),
  ];
  const hasChosen = chosen !== '' && existsSync(chosen);
  return [
    ...(hasChosen ? [chosen] : []),
    ...(environment === '' ? [] : [join(environment, 'pip.conf')]),
    ...(hasChosen || home === '' ? [] : ofUser),
  ];
}

/** Returns the options of the two sections that `pip install` reads, by section and name. */
function readConfiguration(file: string): Sections {
  const text = textOf(file);
  const sections: Sections = { global: new Map<string, string>(), install: new Map<string, string>() };
  let section: Map<string, string> | undefined;
  let name: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    const parsed = parseLine(line);
    if (parsed.kind === 'header') {
      section = parsed.name === 'global' || parsed.name === 'install' ? sections[parsed.name] : undefined;
      name = undefined;
    } else if (parsed.kind === 'option') {
      name = parsed.name;
      section?.set(name, parsed.value);
    } else if (parsed.kind === 'continuation' && name !== undefined) {
      section?.set(name, `${section.get(name) ?? ''} ${parsed.value}`);
    }
  }
  return sections;
}

type ConfigurationLine =
  | { readonly kind: 'header'; readonly name: string }
  | { readonly kind: 'option'; readonly name: string; readonly value: string }
  | { readonly kind: 'continuation'; readonly value: string }
  | { readonly kind: 'other' };

function parseLine(line: string): ConfigurationLine {
  if (line.trim() === '' || /^\s*[#;]/.test(line)) return { kind: 'other' };
  const header = /^\[([^\]]*)\]/.exec(line)?.[1];
  if (header !== undefined) return { kind: 'header', name: header };
  const [, option, value = ''] = /^([^\s=:][^=:]*)[=:](.*)$/.exec(line) ?? [];
  if (option !== undefined) {
    const name = option.trim().toLowerCase().replaceAll('_', '-').replace(/^--/, '');
    return { kind: 'option', name, value: value.trim() };
  }
  return /^\s/.test(line) ? { kind: 'continuation', value: line.trim() } : { kind: 'other' };
}

function absolutePath(word: string, { HOME = '' }: Variables, folder: string): string {
  const expanded = word.replace(/^~(?=\/|$)/, HOME);
  if (isAbsolute(expanded)) return expanded;
  const absolute = resolve(folder, expanded);
  return existsSync(absolute) ? absolute : word;
}

/** Returns an empty text for a file that cannot be read. */
function textOf(file: string): string {
  try {
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  } catch {
    return '';
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
