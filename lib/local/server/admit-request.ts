import type { IncomingMessage } from 'node:http';

import type { PlaceContext } from '../place-context.js';
import { AwsError } from '../wire/aws-error.js';
import type { RequestSignature, WireRequest, WireService } from '../wire/wire-service.js';
import { readBody } from './read-body.js';
import { readSignatureClaim, refuseVersion2, type SignatureClaim } from './signature/signature-claim.js';
import { SignatureRefusal } from './signature/signature-refusal.js';
import { findSigner, type Signer } from './signature/signer.js';
import { sha256Hex } from './signature/signing-key.js';
import { checkClaim, verifySignature } from './signature/verify-signature.js';

const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD';

/** A request before its signature is checked. */
export interface RawRequest {
  readonly requestId: string;
  readonly message: IncomingMessage;
  readonly path: string;
  readonly rawQuery: string;
  readonly query: URLSearchParams;
  /**
   * Sends `100 Continue`. A client that sent `Expect: 100-continue` waits for it before it sends the body.
   */
  readonly askForBody: () => void;
}

/** Maximum size of a form in a request body that is searched for a Signature Version 2. */
const FORM_MAX_BYTES = 64 * 1024;
const FORM_WITHIN_MS = 5_000;

/**
 * Returns the signature of a request.
 * @throws SignatureRefusal if it is `missing`, `incomplete` or of another version
 */
export async function claimOf(raw: RawRequest): Promise<SignatureClaim> {
  const claim = readSignatureClaim(raw.message, raw.query);
  if (claim !== undefined) return claim;
  if (isShortForm(raw.message)) {
    const form = await readBody(raw.message, FORM_MAX_BYTES, FORM_WITHIN_MS);
    refuseVersion2(new URLSearchParams(form.toString('utf8')));
  }
  throw new SignatureRefusal(
    'missing',
    'Request is missing Authentication Token: sign it with the credentials that the local AWS printed at its start.',
  );
}

function isShortForm({ headers }: IncomingMessage): boolean {
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  return isForm && headers.expect === undefined && Number(headers['content-length']) <= FORM_MAX_BYTES;
}

/**
 * Verifies the signature of a request. Returns the request as its service receives it.
 * @throws SignatureRefusal
 * @throws AwsError `RequestEntityTooLarge`, `RequestTimeout`; `InvalidRequest` for a request to S3 without
 *   `x-amz-content-sha256`
 */
export async function admitRequest(
  raw: RawRequest,
  claim: SignatureClaim,
  service: WireService,
  context: PlaceContext,
): Promise<WireRequest> {
  const signer = findSigner(claim, raw, context);
  checkClaim(claim, context);
  return service.streamsBody === true
    ? admitStream(raw, claim, signer)
    : await admitWhole(raw, claim, service, signer);
}

function admitStream(raw: RawRequest, claim: SignatureClaim, signer: Signer): WireRequest {
  const payloadHash =
    declaredHash(raw) ?? (claim.expiresSeconds === undefined ? undefined : UNSIGNED_PAYLOAD);
  if (payloadHash === undefined) {
    throw new AwsError('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256');
  }
  checkEveryAmazonHeaderIsSigned(raw.message, claim);
  const signature = verifySignature(claim, { ...raw, payloadHash }, signer.secretAccessKey);
  raw.askForBody();
  return wireRequest(raw, signature, signer, () => readBody(raw.message));
}

async function admitWhole(
  raw: RawRequest,
  claim: SignatureClaim,
  service: WireService,
  signer: Signer,
): Promise<WireRequest> {
  raw.askForBody();
  const body = await readBody(raw.message, service.bodyMaxBytes);
  const declared = declaredHash(raw);
  const actual = sha256Hex(body);
  const signature = verifySignature(
    claim,
    { ...raw, payloadHash: declared ?? actual },
    signer.secretAccessKey,
  );
  if (declared !== undefined && declared !== UNSIGNED_PAYLOAD && declared !== actual) {
    throw new SignatureRefusal(
      'payload-mismatch',
      'The value passed as x-amz-content-sha256 does not match the SHA-256 of the request body.',
    );
  }
  return wireRequest(raw, signature, signer, () => Promise.resolve(body));
}

function wireRequest(
  raw: RawRequest,
  signature: RequestSignature,
  { caller }: Signer,
  body: () => Promise<Buffer>,
): WireRequest {
  return {
    requestId: raw.requestId,
    method: raw.message.method ?? 'GET',
    path: raw.path,
    query: raw.query,
    headers: raw.message.headers,
    message: raw.message,
    signature,
    caller,
    readBody: body,
  };
}

function declaredHash(raw: RawRequest): string | undefined {
  const header = raw.message.headers['x-amz-content-sha256'];
  return typeof header === 'string' ? header : (raw.query.get('X-Amz-Content-Sha256') ?? undefined);
}

/**
 * Refuses a request with an `x-amz-` header that is not signed. These headers change the behaviour of S3, and a proxy
 * could have added one.
 */
function checkEveryAmazonHeaderIsSigned(message: IncomingMessage, claim: SignatureClaim): void {
  const unsigned = Object.keys(message.headers).filter(
    (name) => name.startsWith('x-amz-') && !claim.signedHeaders.includes(name),
  );
  if (unsigned.length === 0) return;
  throw new SignatureRefusal(
    'unsigned-header',
    `There were headers present in the request which were not signed: ${unsigned.join(', ')}`,
  );
}
