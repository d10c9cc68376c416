import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

import type { PlaceContext } from '../place-context.js';

interface StoredToken {
  /** SHA-256 of the token in hexadecimal digits. The token itself is not stored. */
  readonly digest: string;
  readonly domain: string;
  readonly expiresAtMs: number;
}

const TOKEN_BYTES = 48;
/**
 * Number of characters of the digest that are the key of its record in the store. The other characters are compared
 * in constant time.
 */
const KEY_CHARACTERS = 16;

/** Temporary tokens by which npm, pip and twine log in to a domain. */
export type AccessTokens = Awaited<ReturnType<typeof openAccessTokens>>;

export async function openAccessTokens({ store, clock }: PlaceContext) {
  const tokens = store.collection<StoredToken>('codeartifact-tokens');
  const deleteExpired = async () => {
    const expired: string[] = [];
    for await (const [key, { expiresAtMs }] of tokens.entries()) {
      if (expiresAtMs <= clock.now()) expired.push(key);
    }
    await tokens.batch(expired.map((key) => ({ delete: key })));
  };
  await deleteExpired();
  return {
    async issue(domain: string, durationSeconds: number) {
      await deleteExpired();
      const token = randomBytes(TOKEN_BYTES).toString('base64url');
      const digest = digestOf(token);
      const expiresAtMs = clock.now() + durationSeconds * 1000;
      await tokens.put(digest.slice(0, KEY_CHARACTERS), { digest, domain, expiresAtMs });
      return { token, expiresAtMs };
    },
    async isValid(domain: string, token: string): Promise<boolean> {
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
