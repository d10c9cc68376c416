import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

const SECRET_BYTES = 32;

/**
 * The access to one console: a token that is used once, and the cookie that it is exchanged for. Cookies of one host are
 * sent to all its ports, so the port is part of the cookie's name.
 */
export class Session {
  readonly token = randomBytes(SECRET_BYTES).toString('base64url');
  readonly #secret = randomBytes(SECRET_BYTES).toString('base64url');
  readonly #cookieName: string;
  #isTokenUsed = false;

  constructor(port: number) {
    this.#cookieName = `codeseeder-console-${port}`;
  }

  /** Exchanges the token for a `Set-Cookie` header. @returns undefined for another token, or one that was used */
  exchange(token: string): string | undefined {
    if (this.#isTokenUsed || !isSame(token, this.token)) return undefined;
    this.#isTokenUsed = true;
    return `${this.#cookieName}=${this.#secret}; Path=/; HttpOnly; SameSite=Strict`;
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
