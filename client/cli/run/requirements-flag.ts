import { statSync } from 'node:fs';
import path from 'node:path';

import { UsageError } from '../exit-code.js';
import { CHECK_PATH } from '../read-text.js';
import { quoteWord } from '../quote-word.js';

/** Matches a requirement of pip with a version or a URL, such as `requests>=2` and `tool[cli] @ https://...`. */
const REQUIREMENT = /^[A-Za-z0-9][\w.-]*(?:\[[^\]]*\])?\s*(?:[=~<>!]=|[<>@])/;

/** Matches the name of a package without a version. A name with a dot is rather that of a file. */
const PACKAGE_NAME = /^[A-Za-z0-9][\w-]*$/;

/** Refuses values of `--requirements` that are no files, before anything is packed. @throws UsageError */
export function refuseWrongRequirements(files: readonly string[], workingFolder: string): void {
  for (const file of files) {
    const found = statSync(path.resolve(workingFolder, file), { throwIfNoEntry: false });
    if (found?.isDirectory() === true)
      throw new UsageError(`--requirements ${file} is a folder. ${inside(file)}`);
    if (found === undefined) throw new UsageError(adviceOn(file));
  }
}

function inside(folder: string): string {
  return `Give the file in it, such as \`--requirements ${quoteWord(path.join(folder, 'requirements.txt'))}\`.`;
}

/** Returns what is wrong with a value that no file has as its path. */
function adviceOn(value: string): string {
  const problem = `--requirements ${value} does not exist.`;
  if (REQUIREMENT.test(value) || PACKAGE_NAME.test(value))
    return `${problem} The flag takes a file. For one requirement: \`--python-module ${quoteWord(value)}\`.`;
  const [, file] = /^[\w.-]+=(.+)$/.exec(value) ?? [];
  if (file !== undefined)
    return `${problem} The flag takes a file without a name: \`--requirements ${quoteWord(file)}\`.`;
  return `${problem}${CHECK_PATH}`;
}
