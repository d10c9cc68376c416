import { renameSync, writeFileSync } from 'node:fs';

import { BUILD_VARIABLES } from '../../lib/contract/build-variables.js';

/** Linux gives no process a variable of this size or more. @see execve(2), MAX_ARG_STRLEN */
const VARIABLE_MAX_BYTES = 131_072;

/** Writes what became of the variables that a function may export, for the build's shell to read. */
export interface ExportedVariables {
  /** Synchronous, so that it works while the process exits. */
  write(): void;
}

/** Takes the names and the file from the environment, so that the function finds nothing there that is not its own. */
export function watchExportedVariables(environment: NodeJS.ProcessEnv): ExportedVariables {
  const names = (environment[BUILD_VARIABLES.exportedNames] ?? '').split(' ').filter((name) => name !== '');
  const file = environment[BUILD_VARIABLES.exportsFile];
  delete environment[BUILD_VARIABLES.exportedNames];
  delete environment[BUILD_VARIABLES.exportsFile];
  const before = new Map(names.map((name) => [name, environment[name]]));
  return {
    write() {
      if (file === undefined) return;
      // A variable that did not change may be one of the shell alone, which is none of this process.
      const changed = names.filter((name) => environment[name] !== before.get(name));
      const commands = changed.map((name) => commandFor(name, environment[name]));
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
    `codeseeder: the variable ${name} is not exported: it has ${sizeBytes} bytes, and no process could be started any more\n`,
  );
  return '';
}
