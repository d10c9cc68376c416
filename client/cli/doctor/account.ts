import type { STSClient as IdentityClient } from '@aws-sdk/client-sts';

import { CodeseederError } from '../../../lib/contract/index.js';
import type { AwsOptions } from '../../aws-options.js';
import { awsConfiguration } from '../../connection/aws-configuration.js';
import { LOCAL_AWS, reportUnreachable } from '../../connection/report-unreachable.js';
import type { Check } from '../output-types.js';
import { CheckTimeoutError, describeProblem, subject, within } from './check.js';

/** Time within which credentials must be found, and AWS must answer. */
const TIMEOUT_MS = 6_000;

/** Remaining life of credentials below which they are reported: a run may take longer. */
const SOON_MS = 15 * 60_000;

/** Difference of clocks that is reported, and the one from which AWS refuses requests. */
const SKEW_REPORTED_MS = 60_000;
const SKEW_REFUSED_MS = 5 * 60_000;

/** Region of the request for the identity if none is set. */
const ANY_REGION = 'us-east-1';

const SIGN_IN =
  'Sign in, such as with `aws sso login`, or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.';

/** The account that commands use. */
export interface Account {
  readonly checks: readonly Check[];
  /** Region; undefined if none is set. */
  readonly region: string | undefined;
  /** ARN of the identity; undefined if it is not known. */
  readonly caller: string | undefined;
  /** Why nothing else can be read from AWS; undefined if it can. */
  readonly obstacle: string | undefined;
}

/** Checks credentials, their identity, and the clock by the `Date` of AWS's answer. */
export async function readAccount(aws: AwsOptions, region: string | undefined): Promise<Account> {
  const dates: AnsweredAt[] = [];
  const sts = await identityClient(aws, region, dates);
  const credentials = await credentialsCheck(sts);
  if (credentials.status === 'problem') {
    return { checks: [credentials], region, caller: undefined, obstacle: 'there are no valid credentials' };
  }
  const identity = await identityCheck(sts);
  const clock = dates.slice(0, 1).map(({ serverMs, localMs }) => clockCheck(serverMs - localMs));
  const [first] = identity.check.status === 'ok' ? [] : [identity.obstacle ?? 'AWS refuses the credentials'];
  return {
    checks: [...(credentials.status === 'ok' ? [] : [credentials]), identity.check, ...clock],
    region,
    caller: identity.caller,
    obstacle: first ?? (region === undefined ? 'no region is set' : undefined),
  };
}

/** The times of an answer, by the clock of AWS and by that of this machine. */
interface AnsweredAt {
  readonly serverMs: number;
  readonly localMs: number;
}

/** Creates a client that notes the times of each answer, also of a refusal. */
async function identityClient(
  aws: AwsOptions,
  region: string | undefined,
  dates: AnsweredAt[],
): Promise<IdentityClient> {
  const { STSClient } = await import('@aws-sdk/client-sts');
  const configuration = await awsConfiguration({ ...aws, region: region ?? ANY_REGION });
  const client = new STSClient({ ...configuration, maxAttempts: 2 });
  client.middlewareStack.add(
    (next) => async (call) => {
      const answer = await next(call);
      const { headers = {} } = answer.response as { headers?: Readonly<Record<string, string>> };
      const serverMs = Date.parse(headers['date'] ?? '');
      if (!Number.isNaN(serverMs)) dates.push({ serverMs, localMs: Date.now() });
      return answer;
    },
    { step: 'deserialize', priority: 'low', name: 'noteDate' },
  );
  return reportUnreachable(client, aws.endpoint);
}

async function credentialsCheck(sts: IdentityClient): Promise<Check> {
  const credentials = subject('credentials', 'Credentials');
  try {
    const { expiration } = await within(TIMEOUT_MS, () => sts.config.credentials());
    if (expiration === undefined) return credentials.ok('found');
    const leftMs = expiration.getTime() - Date.now();
    if (leftMs <= 0) return credentials.problem(`expired at ${expiration.toISOString()}`, SIGN_IN);
    const minutes = Math.ceil(leftMs / 60_000);
    if (leftMs < SOON_MS) return credentials.warning(`expire in ${minutes} minutes`, SIGN_IN);
    return credentials.ok(`found, valid until ${expiration.toISOString()}`);
  } catch (error) {
    if (error instanceof CheckTimeoutError) {
      return credentials.problem(`the AWS SDK found none (${error.message})`, `${SIGN_IN} ${LOCAL_AWS}`);
    }
    return credentials.problem(`the AWS SDK found none: ${messageOf(error)}`, `${SIGN_IN} ${LOCAL_AWS}`);
  }
}

/** Returns the message of a provider. That of a `credential_process` has its command, which may have secrets. */
function messageOf(error: unknown): string {
  const { message } = error as Error;
  return /^Command failed/.test(message) ? 'the credential_process of the profile failed' : message;
}

/** Names with which services refuse credentials that have expired, and ones that they do not know. */
const EXPIRED = /^(ExpiredToken|RequestExpired)/;
const SKEWED = /^(RequestTimeTooSkewed|RequestInTheFuture)$|Signature (expired|not yet current)/;
/** A message that names the region of a local AWS, in which requests must be signed. */
const OTHER_REGION = /the region '[^']*' is wrong; expecting '([^']+)'/;
const UNKNOWN_KEY =
  /^(InvalidClientTokenId|UnrecognizedClient|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSignature)/;

async function identityCheck(
  sts: IdentityClient,
): Promise<{ check: Check; caller?: string; obstacle?: string }> {
  const identity = subject('identity', 'Identity');
  const { GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
  try {
    const { Arn: arn = '', Account: account = '' } = await within(TIMEOUT_MS, (abortSignal) =>
      sts.send(new GetCallerIdentityCommand({}), { abortSignal }),
    );
    return { check: identity.ok(`${arn} in account ${account}`), caller: arn };
  } catch (error) {
    if (error instanceof CheckTimeoutError || isUnreachable(error)) {
      return { check: connectionProblem(error), obstacle: 'AWS does not answer' };
    }
    const { name, message } = error as Error;
    const text = describeProblem(error);
    if (SKEWED.test(name) || SKEWED.test(message)) {
      return { check: identity.problem(text, 'Set the clock of this machine, such as by NTP.') };
    }
    if (EXPIRED.test(name))
      return { check: identity.problem(`the credentials have expired (${text})`, SIGN_IN) };
    const [, expected] = OTHER_REGION.exec(message) ?? [];
    if (expected !== undefined) {
      return {
        check: identity.problem(text, `Use the region ${expected}.`),
        obstacle: 'the region is wrong',
      };
    }
    if (UNKNOWN_KEY.test(name)) {
      return {
        check: identity.problem(
          `AWS does not accept the credentials (${text})`,
          `Check whether they belong to AWS or to a local AWS, and whether AWS_ENDPOINT_URL names the same. ${SIGN_IN}`,
        ),
      };
    }
    return {
      check: identity.problem(
        `the request for the identity failed (${text})`,
        'Check AWS_ENDPOINT_URL, the proxy settings, and the credentials.',
      ),
    };
  }
}

function isUnreachable(error: unknown): boolean {
  return error instanceof CodeseederError && error.code === 'AwsUnreachable';
}

function connectionProblem(error: unknown): Check {
  const connection = subject('connection', 'Connection');
  if (error instanceof CodeseederError) {
    const [detail = '', ...remedy] = error.message.split(/(?<=\)\.) /);
    return connection.problem(detail.replace(/\.$/, ''), remedy.join(' '));
  }
  return connection.problem(
    `AWS does not answer (${describeProblem(error)})`,
    'Check the network, a proxy, the region and AWS_ENDPOINT_URL.',
  );
}

/** Checks how far AWS's clock is ahead of this machine's. */
export function clockCheck(aheadMs: number): Check {
  const clock = subject('clock', 'Clock');
  const seconds = Math.round(Math.abs(aheadMs) / 1_000);
  if (Math.abs(aheadMs) < SKEW_REPORTED_MS) return clock.ok('agrees with that of AWS');
  const detail = `${seconds} seconds ${aheadMs > 0 ? 'behind' : 'ahead of'} that of AWS`;
  const remedy = 'Set the clock of this machine, such as by NTP.';
  if (Math.abs(aheadMs) < SKEW_REFUSED_MS) return clock.warning(detail, remedy);
  return clock.problem(`${detail}: AWS refuses requests that are signed more than five minutes off`, remedy);
}
