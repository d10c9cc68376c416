import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

import { LinkTokens } from './link-token.js';

const SECRET_BYTES = 32;

/**
 * The access to one console: a token that is used once, tokens that others made with the console's secret, and the
 * cookie that they are exchanged for. Cookies of one host are sent to all its ports, so the port is part of the
 * cookie's name.
 */
export class Session {
  readonly token = randomBytes(SECRET_BYTES).toString('base64url');
  readonly #secret = randomBytes(SECRET_BYTES).toString('base64url');
  readonly #cookieName: string;
  readonly #links: LinkTokens | undefined;
  #isTokenUsed = false;

  /** @param linkSecret secret with which others make tokens. @default there is only one token */
  constructor(port: number, linkSecret?: string) {
    this.#cookieName = `codeseeder-console-${port}`;
    this.#links = linkSecret === undefined ? undefined : new LinkTokens(linkSecret, port);
  }

  /** Exchanges the token for a `Set-Cookie` header. @returns undefined for another token, or one that was used */
  exchange(token: string): string | undefined {
    if (!this.#useToken(token) && this.#links?.use(token, Date.now()) !== true) return undefined;
    return `${this.#cookieName}=${this.#secret}; Path=/; HttpOnly; SameSite=Strict`;
  }

  #useToken(token: string): boolean {
    if (this.#isTokenUsed || !isSame(token, this.token)) return false;
    this.#isTokenUsed = true;
    return true;
  }

  /** Returns whether a request has the cookie. */
  isOpen({ cookie = '' }: IncomingHttpHeaders): boolean {
    return cookie.split(';').some((pair) => {
      const [name, value = ''] = pair.trim().split('=');
      return name === this.#cookieName && isSame(value, this.#secret);
    });
  }
}

/** Compares digests, so that the time taken tells nothing about the secret. */
function isSame(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
