import { CodeseederError } from '../../lib/contract/index.js';
import { severalLines } from './printable.js';
import { quoteWord } from './quote-word.js';

/** What to do about an error whose message does not say it, by the code or name of the error. */
const ADVICE: readonly (readonly [names: RegExp, advice: string])[] = [
  [/^(ExpiredToken|RequestExpired)/, 'Sign in again, such as with `aws sso login`, and repeat the command.'],
  [
    /^(InvalidClientTokenId|UnrecognizedClient|InvalidSignature|SignatureDoesNotMatch|InvalidAccessKeyId)/,
    'Check the credentials. Those of a local AWS are printed by `codeseeder local env NAME`.',
  ],
  [
    /AccessDenied|NotAuthorized|UnauthorizedOperation|^Forbidden/,
    "The managed policy of the output ClientPolicyArn of the seedkit's stack has the rights to start runs and to see them. `codeseeder doctor` checks yours.",
  ],
  [/^RunNotFound$/, '`codeseeder runs list` lists the latest runs.'],
];

/** Returns a message with its code or name in front. A message that has the code already is returned unchanged. */
export function withCode(code: string, message: string): string {
  return message.startsWith(`${code}: `) ? message : `${code}: ${message}`;
}

/** Returns the code of an error, or its name, for a place that has no space for its message. */
export function problemOf(error: unknown): string {
  return error instanceof CodeseederError ? error.code : (error as Error).name;
}

/** A command on a local AWS that names no seedkit. */
const UNNAMED = /(?<=codeseeder local \w+ )NAME\b/g;

/** Names the seedkit of the command in commands on a local AWS. */
export function namingSeedkit(text: string, seedkit = 'NAME'): string {
  return text.replaceAll(UNNAMED, seedkit);
}

/**
 * Returns an error with its code, if it has one, or its name, and what to do about it. A mistake has no code.
 * @param seedkit the seedkit of the command, which commands on a local AWS name
 * @param localEnvironment an environment of the config in a local AWS
 */
export function describeError(error: unknown, seedkit = 'NAME', localEnvironment?: string): string {
  const text = namingSeedkit(textOf(error), seedkit);
  if (localEnvironment === undefined || !isUnconfigured(error)) return text;
  return `${text}\n- To use the local AWS of the config: add --environment ${quoteWord(localEnvironment)}`;
}

/** Returns whether an error reports that there are no settings for AWS. */
function isUnconfigured(error: unknown): boolean {
  return error instanceof CodeseederError && /^(RegionMissing|CredentialsMissing)$/.test(error.code);
}

/** Matches the message of a local AWS about a request that is signed for another region. */
const OTHER_REGION = /the region '[^']*' is wrong; expecting '([^']+)'/;

/** Returns what to do about an error; undefined if its message says it, or if nothing is known. */
function adviceOn(name: string, message: string): string | undefined {
  const [, region] = OTHER_REGION.exec(message) ?? [];
  if (region !== undefined)
    return `The local AWS is in ${region}: leave --region out, or give --region ${region}.`;
  return ADVICE.find(([names]) => names.test(name))?.[1];
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return severalLines(String(error));
  const name = error instanceof CodeseederError ? error.code : error.name;
  const advice = adviceOn(name, error.message);
  // A mistake in the command starts as those that Commander finds. `Usage:` would announce how to use the command.
  const text = name === 'Usage' ? `error: ${error.message}` : withCode(name, error.message);
  return severalLines(advice === undefined ? text : `${text.replace(/([^.!?])$/, '$1.')} ${advice}`);
}
