import { printResult, type Terminal } from '../terminal.js';
import { exportsOf, localAwsOf, type LocalFlags } from './local-flags.js';
import { consoleVariable, placeConsoleUrl } from './place-console.js';

/** Prints the variables of a running local AWS, by which other processes use it. */
export async function printEnvironment(
  seedkit: string,
  options: LocalFlags,
  terminal: Terminal,
): Promise<void> {
  const environment = await environmentOf(seedkit, options, terminal);
  printResult<'local env'>(terminal, options.json === true, { seedkit, environment }, () =>
    exportsOf(environment, terminal.environment),
  );
}

/** Returns the variables by which a process uses a running local AWS. @throws UsageError if it is not up */
export async function environmentOf(
  seedkit: string,
  options: LocalFlags,
  terminal: Terminal,
): Promise<Record<string, string>> {
  const localAws = await localAwsOf(seedkit, options, terminal);
  const { placeEnvironment } = await import('../../../lib/local/place-context.js');
  return {
    ...placeEnvironment({ ...localAws, endpoint: () => localAws.endpoint }),
    CODESEEDER_SEEDKIT: seedkit,
    ...consoleVariable(await placeConsoleUrl(seedkit, options, terminal)),
  };
}
