import { type Command, Option } from 'commander';
import type { ParameterType } from '@aws-sdk/client-ssm';

import { CodeseederError, parseSeedkitName } from '../../../lib/contract/index.js';
import { UsageError } from '../exit-code.js';
import { printResult, type Terminal } from '../terminal.js';
import { dataFolderOf, findPlace, type PlaceOptions, withPlaceOptions } from './place-options.js';
import { readValue } from './read-value.js';

interface ValueOptions extends PlaceOptions {
  readonly valueFile?: string;
}

interface ParameterOptions extends ValueOptions {
  readonly type: ParameterType;
}

/** How SDK clients of this process talk to a place. */
interface PlaceClient {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** `codeseeder local secret set` and `codeseeder local parameter set`. */
export function addValueCommands(local: Command, terminal: Terminal): void {
  const secret = local.command('secret').description("the place's Secrets Manager");
  withValueOptions(secret.command('set'), 'make a secret, or give it a new value').action(
    (seedkit: string, name: string, options: ValueOptions) =>
      setSecret(parseSeedkitName(seedkit), name, options, terminal),
  );
  const parameter = local.command('parameter').description("the place's Parameter Store");
  withValueOptions(parameter.command('set'), 'make a parameter, or give it a new value')
    .addOption(
      new Option('--type <type>', "the parameter's type")
        .choices(['SecureString', 'String', 'StringList'] satisfies ParameterType[])
        .default('SecureString'),
    )
    .action((seedkit: string, name: string, options: ParameterOptions) =>
      setParameter(parseSeedkitName(seedkit), name, options, terminal),
    );
}

function withValueOptions(command: Command, description: string): Command {
  return withPlaceOptions(command, `${description}; the value is read from standard input`)
    .argument('<entry>', 'its name')
    .option('--value-file <file>', 'read the value from a file instead');
}

async function setSecret(
  seedkit: string,
  name: string,
  options: ValueOptions,
  terminal: Terminal,
): Promise<void> {
  const place = await placeClient(seedkit, options, terminal);
  const SecretString = await readValue(options.valueFile, terminal);
  const { CreateSecretCommand, PutSecretValueCommand, ResourceExistsException, SecretsManagerClient } =
    await import('@aws-sdk/client-secrets-manager');
  const client = new SecretsManagerClient(place);
  try {
    const { ARN: arn, VersionId: version } = await client
      .send(new CreateSecretCommand({ Name: name, SecretString }))
      .catch((error: unknown) => {
        if (!(error instanceof ResourceExistsException)) throw error;
        return client.send(new PutSecretValueCommand({ SecretId: name, SecretString }));
      });
    printSet(terminal, options, { seedkit, name, arn, version });
  } catch (cause) {
    throw refused(`The secret ${name}`, cause);
  } finally {
    client.destroy();
  }
}

async function setParameter(
  seedkit: string,
  name: string,
  options: ParameterOptions,
  terminal: Terminal,
): Promise<void> {
  const place = await placeClient(seedkit, options, terminal);
  const Value = await readValue(options.valueFile, terminal);
  const { PutParameterCommand, SSMClient } = await import('@aws-sdk/client-ssm');
  const client = new SSMClient(place);
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

/** The place by its folder: whoever may read that may set its values. */
async function placeClient(seedkit: string, options: PlaceOptions, terminal: Terminal): Promise<PlaceClient> {
  const { readPlaceIdentity } = await import('../../../lib/local/index.js');
  const place = await findPlace(seedkit, options, terminal);
  const identity = await readPlaceIdentity(dataFolderOf(seedkit, options, terminal));
  if (place === undefined || identity === undefined) {
    throw new UsageError(`${seedkit} is not up: start it with \`codeseeder local up ${seedkit}\`.`);
  }
  return { endpoint: place.endpoint, region: identity.region, credentials: identity.credentials };
}

function printSet(
  terminal: Terminal,
  { json = false }: PlaceOptions,
  result: { readonly name: string } & Readonly<Record<string, unknown>>,
): void {
  printResult(terminal, json, result, () => [`${result.name} is set`]);
}

/** The service's own words; a request that is not valid names no value. */
function refused(what: string, cause: unknown): CodeseederError {
  const message = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  return new CodeseederError('InvalidRequest', `${what} could not be set: ${message}`, { cause });
}
