import { quotedWord, splitWords } from './split-words.js';

/** An option on a line of a requirements file, by its long name. */
export interface PipOption {
  readonly name: string;
  readonly value?: string | undefined;
}

/** A parsed line: a requirement with its own options, or options of the whole file. */
export interface RequirementsLine {
  /** Empty if the line has only options. */
  readonly requirement: string;
  readonly options: readonly PipOption[];
  /** The options as they are written. */
  readonly optionsText: string;
}

/** Options with a value. @see https://pip.pypa.io/en/stable/reference/requirements-file-format/#supported-options */
const WITH_VALUE = [
  'index-url',
  'extra-index-url',
  'constraint',
  'requirement',
  'editable',
  'find-links',
  'no-binary',
  'only-binary',
  'trusted-host',
  'use-feature',
  'global-option',
  'install-option',
  'hash',
  'config-settings',
];
const FLAGS = ['no-index', 'prefer-binary', 'require-hashes', 'pre'];
const SHORT: Readonly<Record<string, string>> = {
  i: 'index-url',
  c: 'constraint',
  r: 'requirement',
  e: 'editable',
  f: 'find-links',
  C: 'config-settings',
};

/** Parses a line as pip does: the first word that starts with a hyphen starts the options. */
export function parseRequirementsLine(text: string): RequirementsLine {
  const words = text.split(' ');
  const start = words.findIndex((word) => word.startsWith('-'));
  if (start < 0) return { requirement: text.trim(), options: [], optionsText: '' };
  const optionsText = words.slice(start).join(' ');
  return {
    requirement: words.slice(0, start).join(' ').trim(),
    options: parseOptions(splitWords(optionsText) ?? []),
    optionsText,
  };
}

/** Writes an option so that pip and uv read it. */
export function optionText({ name, value }: PipOption): string {
  return value === undefined ? `--${name}` : `--${name} ${quotedWord(value)}`;
}

function parseOptions(words: readonly string[]): PipOption[] {
  const options: PipOption[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const option = parseOption(words[at] ?? '');
    if (option === undefined) continue;
    const isComplete = option.value !== undefined || !WITH_VALUE.includes(option.name);
    if (!isComplete) at += 1;
    const value = isComplete ? option.value : words[at];
    options.push({ name: option.name, value });
  }
  return options;
}

/** Parses an option of one word; undefined for other words. */
function parseOption(word: string): PipOption | undefined {
  if (word.startsWith('--')) {
    const [, name = '', value] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
    return { name: longName(name), value };
  }
  if (!word.startsWith('-') || word === '-') return undefined;
  const letter = word.charAt(1);
  return { name: SHORT[letter] ?? letter, value: word.slice(2) || undefined };
}

/** Returns the full name of an option, which may be shortened if it is unambiguous. `--pypi-url` is an alias. */
function longName(written: string): string {
  if (written === 'pypi-url') return 'index-url';
  const known = [...WITH_VALUE, ...FLAGS];
  const matching = known.filter((name) => name.startsWith(written));
  const [only] = matching;
  if (known.includes(written) || only === undefined || matching.length > 1) return written;
  return only;
}
