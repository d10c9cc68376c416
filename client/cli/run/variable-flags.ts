/** Flags that set environment variables of a build: a text, or a reference that CodeBuild resolves in the build. */
import type { RunOptions } from '../../run-option-types.js';
import { UsageError } from '../exit-code.js';
import { collectPair, type Pairs } from './collect.js';

/** Types of the variables that a flag sets, by the name of the flag's value. */
const TYPES_OF_FLAGS = { env: 'PLAINTEXT', secret: 'SECRETS_MANAGER', parameter: 'PARAMETER_STORE' } as const;

type Variables = NonNullable<RunOptions['environment']>;

/**
 * Matches a reference as people write it for other tools: `secretsmanager:NAME`, `SECRETS_MANAGER:NAME`, `ssm:NAME`,
 * `{{resolve:ssm:NAME}}` of CloudFormation, or `${ssm:NAME}` of the Serverless Framework.
 */
const REFERENCE =
  /^(?:\{\{resolve:|\$\{)?(?:(secrets?[-_]?manager)|ssm(?:-secure)?|parameter[-_]?store):((?!\/\/)[^{}]+)\}*$/i;

/** Part of a dynamic reference of CloudFormation that CodeBuild's references do not have. */
const SECRET_STRING = /:SecretString(?=:|$)/;

/**
 * Adds a `NAME=VALUE` of `--env`.
 * @throws UsageError if the value is a reference to a secret or a parameter, which the build would get as a text
 */
export function collectText(text: string, pairs?: Pairs): Pairs {
  const all = collectPair('--env', text, pairs);
  const name = text.slice(0, text.indexOf('='));
  const [, secret, reference] = REFERENCE.exec(all[name] ?? '') ?? [];
  if (reference === undefined) return all;
  const [flag, source] = secret === undefined ? ['--parameter', 'parameter'] : ['--secret', 'secret'];
  const value = reference.replace(SECRET_STRING, '').replace(/:+$/, '');
  const allowed =
    secret === undefined
      ? ''
      : ' Builds read secrets whose names start with codeseeder/SEEDKIT/, and those that the seedkit allows.';
  throw new UsageError(
    `--env ${text} would set ${name} to this text, not to the value of the ${source}. Give \`${flag} ${name}=${value}\` instead.${allowed} If the text is what you want, set it in \`environment\` of a JSON file for --options.`,
  );
}

/**
 * Returns the variables of `--env`, `--secret` and `--parameter`; undefined if none is given.
 * @throws UsageError if two of the flags set the same variable
 */
export function variablesOfFlags(flags: Readonly<Record<string, unknown>>): Variables | undefined {
  const variables = new Map<string, Variables[string]>();
  for (const [flag, type] of Object.entries(TYPES_OF_FLAGS)) {
    for (const [name, value] of Object.entries((flags[flag] as Pairs | undefined) ?? {})) {
      if (variables.has(name))
        throw new UsageError(`--${flag} ${name}=${value} gives ${name} a second value. Give it once.`);
      variables.set(name, type === 'PLAINTEXT' ? value : { value, type });
    }
  }
  return variables.size === 0 ? undefined : Object.fromEntries(variables);
}
