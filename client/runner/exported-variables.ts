import { renameSync, writeFileSync } from 'node:fs';

import { BUILD_VARIABLES } from '../../lib/contract/build-variables.js';
import type { HideSecrets } from './hidden-secrets.js';

/** Linux does not start a process if one of its variables has this size or more. @see execve(2), MAX_ARG_STRLEN */
const VARIABLE_MAX_BYTES = 131_072;

/** Writes the variables that a function changed, for the shell of the build. */
export interface ExportedVariables {
  /** Synchronous, so that it works while the process exits. */
  write(): void;
}

/**
 * Remembers the values of the variables that may be exported. `write()` exports those that changed. Removes
 * `CODESEEDER_EXPORTED_NAMES` and `CODESEEDER_EXPORTS_FILE` from the environment, so that the function does not see
 * them. Secrets in a value are replaced by `***`, because everyone who may read the run's record can read it.
 */
export function watchExportedVariables(
  environment: NodeJS.ProcessEnv,
  hideSecrets: HideSecrets,
): ExportedVariables {
  const names = (environment[BUILD_VARIABLES.exportedNames] ?? '').split(' ').filter((name) => name !== '');
  const file = environment[BUILD_VARIABLES.exportsFile];
  delete environment[BUILD_VARIABLES.exportedNames];
  delete environment[BUILD_VARIABLES.exportsFile];
  const before = new Map(names.map((name) => [name, environment[name]]));
  return {
    write() {
      if (file === undefined) return;
      // An unchanged variable is skipped: it may exist only in the shell, not in this process.
      const changed = names.filter((name) => environment[name] !== before.get(name));
      const commands = changed.map((name) => {
        const value = environment[name];
        return commandFor(name, value === undefined ? undefined : hideSecrets(value));
      });
      writeFileSync(`${file}.${process.pid}`, commands.join(''));
      renameSync(`${file}.${process.pid}`, file);
    },
  };
}

function commandFor(name: string, value: string | undefined): string {
  if (value === undefined) return `unset ${name}\n`;
  const sizeBytes = Buffer.byteLength(value);
  if (sizeBytes + name.length + 2 <= VARIABLE_MAX_BYTES)
    return `export ${name}='${value.replaceAll("'", "'\\''")}'\n`;
  process.stderr.write(
    `codeseeder: the variable ${name} is not exported: it has ${sizeBytes} bytes, and no process could be started with it\n`,
  );
  return '';
}
