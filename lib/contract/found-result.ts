import { CodeseederError } from './codeseeder-error.js';
import { type ContentDigest, contentDigest, isSameContent } from './content-digest.js';
import { isFailureCode } from './failures.js';
import { RESULT_MAX_BYTES } from './limits.js';
import type { RunFailure } from './run-record.js';
import type { RemoteErrorDetail, RunResult } from './run-result.js';

/** The content of a run's `result.json`, or the reason why there is none. */
export type FoundResult =
  | { readonly found: 'missing' }
  | { readonly found: 'value'; readonly value: unknown }
  | { readonly found: 'error' | 'unusable'; readonly failure: RunFailure };

/**
 * Parses the content of a result.
 * @param subject names the result in errors
 * @throws CodeseederError `InvalidRequest`
 */
export type ParseResult = (content: Uint8Array, subject: string) => RunResult;

/**
 * Returns the value that the target of a run returned, or the error that it threw. The result is `unusable` if it is
 * too large, differs from the one that the build wrote, or is incomplete.
 * @param content undefined when the object is larger than the limit of a result
 * @param expected the digest that the build exported
 */
export function foundResult(
  content: Uint8Array | undefined,
  expected: ContentDigest,
  { location, parse }: { readonly location: string; readonly parse: ParseResult },
): FoundResult {
  if (expected.sizeBytes > RESULT_MAX_BYTES) {
    const message = `The result ${location} has ${expected.sizeBytes} bytes; the limit is ${RESULT_MAX_BYTES}. Write large values to $CODESEEDER_OUTPUT_DIR and return their names.`;
    return { found: 'unusable', failure: { code: 'ResultTooLarge', message } };
  }
  if (content === undefined || !isSameContent(contentDigest(content), expected)) {
    const message = `The result ${location} is not the one that the build wrote, which has ${expected.sizeBytes} bytes with the SHA-256 ${expected.sha256}. Check which principals can write to it, and run it again.`;
    return { found: 'unusable', failure: { code: 'ResultChanged', message } };
  }
  try {
    const parsed = parse(content, `result ${location}`);
    return parsed.ok
      ? { found: 'value', value: parsed.value }
      : { found: 'error', failure: failureOf(parsed.error) };
  } catch (error) {
    if (!(error instanceof CodeseederError)) throw error;
    const message = `The target's process left an incomplete result: ${error.message}`;
    return { found: 'unusable', failure: { code: 'ResultMissing', message } };
  }
}

/**
 * The runner sets a failure code on an error that it detects itself. An error without a code was thrown by the target.
 */
function failureOf(error: RemoteErrorDetail): RunFailure {
  // The name of an error with a failure code is that code, which a reader of the failure already has.
  if (isFailureCode(error.code)) return { code: error.code, message: error.message, remote: error };
  return { code: 'RemoteError', message: `${error.name}: ${error.message}`, remote: error };
}
