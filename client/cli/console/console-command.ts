import type { Command } from 'commander';

import { portParser } from '../parse-port.js';
import { withSeedkitOptions } from '../seedkit-option.js';
import type { Terminal } from '../terminal.js';
import type { ConsoleFlags } from './open-console.js';

/** Adds `codeseeder console`. */
export function addConsoleCommand(program: Command, terminal: Terminal): void {
  withSeedkitOptions(program.command('console'))
    .description('serve web pages that show runs live, on 127.0.0.1, until Ctrl-C')
    .option('--port <port>', 'port to listen on (default: a free port)', portParser('--port'))
    .option('--json', 'print the address as JSON')
    .action(async (options: ConsoleFlags) => {
      const { openConsole } = await import('./open-console.js');
      await openConsole(options, terminal);
    });
}
