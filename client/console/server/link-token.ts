import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** How long a token can be used. */
const LIFETIME_MS = 60_000;

const NONCE_BYTES = 16;

/**
 * Returns a token that opens one session of a console within a minute. Whoever knows the secret can make one, without a
 * request to the console.
 * @param secret secret of the console
 * @param port port of the console, so that the token opens no other one
 */
export function createLinkToken(secret: string, port: number, nowMs: number): string {
  const content = `${nowMs + LIFETIME_MS}.${randomBytes(NONCE_BYTES).toString('base64url')}`;
  return `${content}.${signatureOf(content, secret, port)}`;
}

/** The tokens of one console that were used. */
export class LinkTokens {
  readonly #secret: string;
  readonly #port: number;
  /** Used tokens, with the time from which on they are refused anyway. */
  readonly #used = new Map<string, number>();

  constructor(secret: string, port: number) {
    this.#secret = secret;
    this.#port = port;
  }

  /** Uses a token. @returns false for a token that is not signed with the secret, was used, or is too old */
  use(token: string, nowMs: number): boolean {
    for (const [used, untilMs] of this.#used) if (untilMs <= nowMs) this.#used.delete(used);
    const [expires = '', nonce = '', signature = ''] = token.split('.');
    const content = `${expires}.${nonce}`;
    const expiresAtMs = Number(expires);
    if (!isSame(signature, signatureOf(content, this.#secret, this.#port))) return false;
    if (!(expiresAtMs > nowMs && expiresAtMs <= nowMs + LIFETIME_MS) || this.#used.has(content)) return false;
    this.#used.set(content, expiresAtMs);
    return true;
  }
}

/** The prefix of the key separates these signatures from others that are made with the same secret. */
function signatureOf(content: string, secret: string, port: number): string {
  return createHmac('sha256', `codeseeder-console ${secret}`)
    .update(`${port}.${content}`)
    .digest('base64url');
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.byteLength === right.byteLength && timingSafeEqual(left, right);
}
