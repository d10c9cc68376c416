import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

import type { PlaceContext } from '../place-context.js';

interface StoredToken {
  /** Hex SHA-256 of the token, which itself is nowhere but with whom it was given to. */
  readonly digest: string;
  readonly domain: string;
  readonly expiresAtMs: number;
}

/** What npm, pip and twine log in with, for one domain and for a while. */
export interface AccessTokens {
  issue(domain: string, durationSeconds: number): Promise<{ token: string; expiresAtMs: number }>;
  isValid(domain: string, token: string): Promise<boolean>;
}

const TOKEN_BYTES = 48;
/** How much of a digest finds the token's entry; the rest is compared. */
const KEY_CHARACTERS = 16;

export async function openAccessTokens({ store, clock }: PlaceContext): Promise<AccessTokens> {
  const tokens = store.collection<StoredToken>('codeartifact-tokens');
  const forgetExpired = async () => {
    const expired: string[] = [];
    for await (const [key, { expiresAtMs }] of tokens.entries()) {
      if (expiresAtMs <= clock.now()) expired.push(key);
    }
    await tokens.batch(expired.map((key) => ({ delete: key })));
  };
  await forgetExpired();
  return {
    async issue(domain, durationSeconds) {
      await forgetExpired();
      const token = randomBytes(TOKEN_BYTES).toString('base64url');
      const digest = digestOf(token);
      const expiresAtMs = clock.now() + durationSeconds * 1000;
      await tokens.put(digest.slice(0, KEY_CHARACTERS), { digest, domain, expiresAtMs });
      return { token, expiresAtMs };
    },
    async isValid(domain, token) {
      const digest = digestOf(token);
      const found = await tokens.get(digest.slice(0, KEY_CHARACTERS));
      return (
        found !== undefined &&
        timingSafeEqual(Buffer.from(found.digest), Buffer.from(digest)) &&
        found.domain === domain &&
        found.expiresAtMs > clock.now()
      );
    },
  };
}

function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
