import { startConsole, type RunningConsole } from '../../console/server/start-console.js';
import { createKitAccess } from '../../kit-access.js';
import type { Connection } from '../../connection/connection.js';
import { UsageError } from '../exit-code.js';
import { openSeedkit, sessionOf } from '../open-seedkit.js';
import type { SeedkitOption } from '../seedkit-option.js';
import { printLine, printResult, type Terminal } from '../terminal.js';
import { untilInterrupted } from '../signals.js';

/** Flags of `codeseeder console`. */
export interface ConsoleFlags extends SeedkitOption {
  readonly port?: number | undefined;
  readonly json?: boolean | undefined;
}

/** Serves the console of a seedkit until the command is interrupted. */
export async function openConsole(options: ConsoleFlags, terminal: Terminal): Promise<void> {
  const { name } = openSeedkit(options);
  const access = createKitAccess(name, { aws: sessionOf(options) });
  const connection = await access.connection();
  // Fails fast: reports a missing seedkit or region before the address is printed.
  await connection.deployed();
  const running = await listen(connection, options.port ?? 0, terminal);
  try {
    const { url, address } = running;
    printResult<'console'>(terminal, options.json === true, { seedkit: name, url, address }, () => [address]);
    printLine(terminal.stderr, `Open this address in a browser. It opens one session. Press Ctrl-C to stop.`);
    await untilInterrupted(terminal.interrupted);
  } finally {
    await running.close();
  }
}

/** Starts the server. @throws UsageError if the port is in use */
export async function listen(
  connection: Connection,
  port: number,
  { program }: Pick<Terminal, 'program'>,
): Promise<RunningConsole> {
  return startConsole(connection, port, { program }).catch((error: unknown) => {
    if ((error as { code?: unknown }).code !== 'EADDRINUSE') throw error;
    throw new UsageError(`The port ${port} is in use. Give another one with --port, or none.`, {
      cause: error,
    });
  });
}
