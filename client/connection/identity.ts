import type { AwsOptions } from '../aws-options.js';

/** Environment variables that the SDK reads for options that are not set. */
const AMBIENT = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_PROFILE',
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
  'AWS_ENDPOINT_URL',
] as const;

const numbers = new WeakMap<object, number>();
let last = 0;

/**
 * Returns a key that is equal for options with the same endpoint, region and credentials, including those of the
 * process's environment. A function that provides credentials is compared by identity.
 */
export function identityOf({ region, endpoint, credentials, profile, assumeRole }: AwsOptions): string {
  const known =
    typeof credentials === 'function'
      ? numberOf(credentials)
      : [credentials?.accessKeyId, credentials?.secretAccessKey, credentials?.sessionToken];
  const role = [
    assumeRole?.roleArn,
    assumeRole?.sessionName,
    assumeRole?.externalId,
    assumeRole?.durationSeconds,
  ];
  const ambient = AMBIENT.map((name) => process.env[name]);
  return JSON.stringify([region, endpoint, known, profile, role, ambient]);
}

function numberOf(provider: object): number {
  const number = numbers.get(provider) ?? (last += 1);
  numbers.set(provider, number);
  return number;
}
