/** Size of a token bucket, and the rate at which it is refilled. */
export interface Rate {
  /** Maximum number of tokens in the bucket: the calls that can be made at once. */
  readonly bucket: number;
  /** Tokens that are added per second: the calls that can be made continuously. */
  readonly perSecond: number;
}

/** Tolerance for rounding errors in sums of fractions of a token. */
const TOLERANCE = 1e-9;

/**
 * A token bucket, which starts full. It reads no clock: callers pass the time, so tests can simulate hours.
 *
 * @example
 * ```ts
 * const bucket = new TokenBucket({ bucket: 300, perSecond: 15 }, Date.now());
 * const isThrottled = !bucket.take(Date.now());
 * ```
 */
export class TokenBucket {
  readonly #rate: Rate;
  #tokens: number;
  #filledAtMs: number;

  constructor(rate: Rate, nowMs: number) {
    this.#rate = rate;
    this.#tokens = rate.bucket;
    this.#filledAtMs = nowMs;
  }

  /**
   * Takes tokens if the bucket has enough. A call that costs more than the bucket's size needs a full bucket, and
   * leaves a negative number of tokens.
   * @returns whether the tokens were taken
   */
  take(nowMs: number, tokens = 1): boolean {
    this.#fill(nowMs);
    if (this.#tokens + TOLERANCE < Math.min(tokens, this.#rate.bucket)) return false;
    this.#tokens -= tokens;
    return true;
  }

  /**
   * Takes tokens even if the bucket does not have enough. The number of tokens is then negative.
   * @returns milliseconds until the number is zero again
   */
  reserve(nowMs: number, tokens = 1): number {
    this.#fill(nowMs);
    this.#tokens -= tokens;
    const missing = Math.max(0, -this.#tokens - TOLERANCE);
    return Math.ceil((missing * 1_000) / this.#rate.perSecond);
  }

  #fill(nowMs: number): void {
    // The machine's clock may have been set back since the last call.
    const elapsedMs = Math.max(0, nowMs - this.#filledAtMs);
    this.#filledAtMs = nowMs;
    const tokens = this.#tokens + (elapsedMs * this.#rate.perSecond) / 1_000;
    this.#tokens = Math.min(this.#rate.bucket, tokens);
  }
}
