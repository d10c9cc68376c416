import { Argument, type Command, Option } from 'commander';
import type { ParameterType } from '@aws-sdk/client-ssm';

import { CodeseederError, parseSeedkitName, seedkitNames } from '../../../lib/contract/index.js';
import type { SetValue } from '../output-types.js';
import { printProblem } from '../print-problem.js';
import { printResult, type Terminal } from '../terminal.js';
import { localAwsOf, type LocalFlags, withDataFlags } from './local-flags.js';
import { readInputValue } from './read-input-value.js';
import { valueOfKind } from '../value-kinds.js';

interface ValueFlags extends LocalFlags {
  readonly valueFile?: string | undefined;
}

interface ParameterFlags extends ValueFlags {
  readonly type: ParameterType;
}

/** Adds `codeseeder local secret set` and `codeseeder local parameter set`. */
export function addValueCommands(local: Command, terminal: Terminal): void {
  const secret = local.command('secret').description('Secrets Manager of the local AWS');
  withValueFlags(secret.command('set'), 'create a secret, or set its value').action(
    (seedkit: string, name: string, options: ValueFlags) =>
      setSecret(parseSeedkitName(seedkit), name, options, terminal),
  );
  const parameter = local.command('parameter').description('Parameter Store of the local AWS');
  withValueFlags(parameter.command('set'), 'create a parameter, or set its value')
    .addOption(
      new Option('--type <type>', 'type of the parameter')
        .choices(['SecureString', 'String', 'StringList'] satisfies ParameterType[])
        .default('SecureString'),
    )
    .action((seedkit: string, name: string, options: ParameterFlags) =>
      setParameter(parseSeedkitName(seedkit), name, options, terminal),
    );
}

function withValueFlags(command: Command, description: string): Command {
  return withDataFlags(command, `${description}; the value is read from standard input`)
    .addArgument(valueOfKind('seedkit', new Argument('<name>', 'name of the seedkit')))
    .argument('<entry>', 'name of the entry')
    .option('--value-file <file>', 'read the value from a file instead');
}

async function setSecret(
  seedkit: string,
  name: string,
  options: ValueFlags,
  terminal: Terminal,
): Promise<void> {
  const configuration = await localAwsOf(seedkit, options, terminal);
  const SecretString = await readInputValue(options.valueFile, terminal);
  const { CreateSecretCommand, PutSecretValueCommand, ResourceExistsException, SecretsManagerClient } =
    await import('@aws-sdk/client-secrets-manager');
  const client = new SecretsManagerClient(configuration);
  try {
    const { ARN: arn, VersionId: version } = await client
      .send(new CreateSecretCommand({ Name: name, SecretString }))
      .catch((error: unknown) => {
        if (!(error instanceof ResourceExistsException)) throw error;
        return client.send(new PutSecretValueCommand({ SecretId: name, SecretString }));
      });
    printSet(terminal, options, { seedkit, name, arn, version });
    const prefix = seedkitNames.ownSecrets(seedkit);
    if (!name.startsWith(prefix) && options.json !== true)
      printProblem(
        terminal,
        `Builds of ${seedkit} read only secrets whose names start with ${prefix}, and those that the seedkit allows.`,
      );
  } catch (cause) {
    throw refused(`The secret ${name}`, cause);
  } finally {
    client.destroy();
  }
}

async function setParameter(
  seedkit: string,
  name: string,
  options: ParameterFlags,
  terminal: Terminal,
): Promise<void> {
  const configuration = await localAwsOf(seedkit, options, terminal);
  const Value = await readInputValue(options.valueFile, terminal);
  const { PutParameterCommand, SSMClient } = await import('@aws-sdk/client-ssm');
  const client = new SSMClient(configuration);
  try {
    const { Version: version } = await client.send(
      new PutParameterCommand({ Name: name, Value, Type: options.type, Overwrite: true }),
    );
    printSet(terminal, options, { seedkit, name, type: options.type, version });
  } catch (cause) {
    throw refused(`The parameter ${name}`, cause);
  } finally {
    client.destroy();
  }
}

function printSet(terminal: Terminal, { json = false }: LocalFlags, result: SetValue): void {
  printResult<'local secret set'>(terminal, json, result, () => [`${result.name} is set`]);
}

/** Returns an error with the service's message, which does not contain the value. */
function refused(subject: string, cause: unknown): CodeseederError {
  const message = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  return new CodeseederError('InvalidRequest', `${subject} could not be set: ${message}`, { cause });
}
