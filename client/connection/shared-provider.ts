import type { AwsCredentials } from '../aws-options.js';

/** Provides credentials. The SDK passes the configuration of the calling client. */
export type CredentialProvider = (caller?: Record<string, unknown>) => Promise<AwsCredentials>;

/** Time before their expiration at which credentials are replaced. */
const RENEW_BEFORE_MS = 5 * 60_000;

/**
 * Shares one set of credentials between all clients of a connection. Concurrent calls share one request; an error is
 * not cached.
 */
export function sharedProvider(
  provider: CredentialProvider,
  now: () => number = Date.now,
): CredentialProvider {
  let known: AwsCredentials | undefined;
  let pending: Promise<AwsCredentials> | undefined;
  return (caller) => {
    if (known !== undefined && !endsSoon(known)) return Promise.resolve(known);
    pending ??= ask(caller);
    return pending;
  };

  async function ask(caller: Record<string, unknown> | undefined): Promise<AwsCredentials> {
    try {
      known = await provider(caller);
      return known;
    } finally {
      pending = undefined;
    }
  }

  function endsSoon({ expiration }: AwsCredentials): boolean {
    return expiration !== undefined && expiration.getTime() - now() < RENEW_BEFORE_MS;
  }
}
