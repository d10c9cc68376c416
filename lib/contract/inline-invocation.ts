import { CodeseederError } from './codeseeder-error.js';
import { contentDigest } from './content-digest.js';
import { INLINE_INVOCATION_MAX_BYTES } from './limits.js';
import { invocationKey } from './object-keys.js';
import { refuseRoundedIntegers } from './rounded-integers.js';

type Members = Readonly<Record<string, unknown>>;

/**
 * Returns the JSON of the invocation that a request contains instead of an `input`. `prepare-run` stores it as the
 * run's input, so that a principal that starts a run needs no access to the bucket. The same request always gives the
 * same bytes.
 * @returns undefined for a request that names its input
 * @throws CodeseederError `InvalidRequest` if the request has both an invocation and an input, if the invocation is too
 * large, or if an integer in it is beyond 2^53
 */
export function inlineInvocation(request: unknown): Uint8Array | undefined {
  const { invocation, input } = membersOf(request);
  if (invocation === undefined) return undefined;
  if (input !== undefined) throw invalid('pass either invocation or input');
  refuseRoundedIntegers(invocation);
  const content = Buffer.from(JSON.stringify(invocation));
  if (content.byteLength <= INLINE_INVOCATION_MAX_BYTES) return content;
  throw invalid(
    `invocation: ${content.byteLength} bytes, at most ${INLINE_INVOCATION_MAX_BYTES} in the input of an execution; put large data into S3 and pass its key as an argument`,
  );
}

/**
 * Replaces an inline invocation by an `input` that names the object in which `prepare-run` stores it. Other requests
 * stay unchanged.
 */
export function withNamedInput(request: unknown): unknown {
  const content = inlineInvocation(request);
  if (content === undefined) return request;
  const { invocation: _invocation, build = {}, ...others } = membersOf(request);
  return {
    ...others,
    build,
    input: { key: invocationKey(String(others['runId'])), ...contentDigest(content) },
  };
}

function membersOf(request: unknown): Members {
  return typeof request === 'object' && request !== null ? (request as Members) : {};
}

function invalid(fault: string): CodeseederError {
  return new CodeseederError('InvalidRequest', `The run request is not valid: ${fault}`);
}
