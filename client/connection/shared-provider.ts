import type { AwsCredentials } from '../aws-options.js';

/** Gives credentials. The SDK hands in the configuration of the client that asks. */
export type CredentialProvider = (caller?: Record<string, unknown>) => Promise<AwsCredentials>;

/** Credentials are replaced this long before they end, so that none ends on its way. */
const RENEW_BEFORE_MS = 5 * 60_000;

/**
 * One set of credentials for all clients of a connection, each of which would ask for its own. Those who ask at the
 * same time share the answer; a refusal is not kept.
 */
export function sharedProvider(
  provider: CredentialProvider,
  now: () => number = Date.now,
): CredentialProvider {
  let known: AwsCredentials | undefined;
  let asked: Promise<AwsCredentials> | undefined;
  return (caller) => {
    if (known !== undefined && !endsSoon(known)) return Promise.resolve(known);
    asked ??= ask(caller);
    return asked;
  };

  async function ask(caller: Record<string, unknown> | undefined): Promise<AwsCredentials> {
    try {
      known = await provider(caller);
      return known;
    } finally {
      asked = undefined;
    }
  }

  function endsSoon({ expiration }: AwsCredentials): boolean {
    return expiration !== undefined && expiration.getTime() - now() < RENEW_BEFORE_MS;
  }
}
