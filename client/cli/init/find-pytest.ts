import path from 'node:path';

import { readIfExists } from './read-if-exists.js';

/** Files of pytest, and those that only a project with pytest has. */
const OWN_FILES = ['conftest.py', 'tests/conftest.py', 'test/conftest.py', 'pytest.ini', '.pytest.ini'];

/** What names pytest in other files: its settings, or a requirement such as `pytest-cov>=5`. */
const NAMED_IN: readonly (readonly [file: RegExp, text: RegExp])[] = [
  [/^pyproject\.toml$/, /^[ \t]*(?:\[tool\.pytest\b|pytest\b)|["']pytest\b/m],
  [/^setup\.cfg$/, /^(?:\[tool:pytest\]|[ \t]+pytest\b)/m],
  [/^tox\.ini$/, /^\[pytest\]/m],
  [/^requirements.*\.txt$/, /^[ \t]*pytest\b/m],
];

/**
 * Returns whether a Python project is tested with pytest.
 * @param names the names in the folder
 */
export async function usesPytest(folder: string, names: ReadonlySet<string>): Promise<boolean> {
  for (const file of OWN_FILES) {
    if ((await readIfExists(path.join(folder, file))) !== undefined) return true;
  }
  for (const name of names) {
    const [, text] = NAMED_IN.find(([file]) => file.test(name)) ?? [];
    if (text?.test((await readIfExists(path.join(folder, name))) ?? '') === true) return true;
  }
  return false;
}
