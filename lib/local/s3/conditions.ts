import { AwsError } from '../wire/aws-error.js';
import type { WireRequest } from '../wire/wire-service.js';
import type { ObjectRecord } from './object-record.js';
import { headerText } from './request-header.js';
import { noSuchKey, notImplemented } from './refusals.js';

/**
 * Checks the conditions of a read request.
 * @throws AwsError `PreconditionFailed`, or `NotModified` with status 304
 */
export function checkReadConditions(request: WireRequest, record: ObjectRecord): void {
  const ifMatch = headerText(request, 'if-match');
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, record.etag)) throw preconditionFailed('If-Match');
  } else if (changedSince(record, headerText(request, 'if-unmodified-since')) === true) {
    throw preconditionFailed('If-Unmodified-Since');
  }
  const ifNoneMatch = headerText(request, 'if-none-match');
  const modified =
    ifNoneMatch !== undefined
      ? !matches(ifNoneMatch, record.etag)
      : changedSince(record, headerText(request, 'if-modified-since')) !== false;
  if (!modified) throw new AwsError('NotModified', 'Not Modified', 304);
}

/** Checks the conditions on the source of a copy. @throws AwsError `PreconditionFailed` */
export function checkCopyConditions(request: WireRequest, source: ObjectRecord): void {
  const header = (name: string) => headerText(request, `x-amz-copy-source-${name}`);
  const ifMatch = header('if-match');
  const ifNoneMatch = header('if-none-match');
  const failed =
    (ifMatch !== undefined && !matches(ifMatch, source.etag)) ||
    (ifMatch === undefined && changedSince(source, header('if-unmodified-since')) === true) ||
    (ifNoneMatch !== undefined && matches(ifNoneMatch, source.etag)) ||
    (ifNoneMatch === undefined && changedSince(source, header('if-modified-since')) === false);
  if (failed) throw preconditionFailed('x-amz-copy-source-If-*');
}

/**
 * Returns a function that checks the conditions of a write or delete request against the existing object. It throws the
 * AwsErrors `PreconditionFailed` and `NoSuchKey`.
 * @throws AwsError `NotImplemented` for an `If-None-Match` other than `*`
 */
export function writeCondition(request: WireRequest): (existing: ObjectRecord | undefined) => void {
  const ifMatch = headerText(request, 'if-match');
  const ifNoneMatch = headerText(request, 'if-none-match');
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*') {
    throw notImplemented(
      "A header you provided implies functionality that is not implemented: If-None-Match must be '*' for a write.",
    );
  }
  return (existing) => {
    if (ifNoneMatch !== undefined && existing !== undefined) throw preconditionFailed('If-None-Match');
    if (ifMatch === undefined) return;
    if (existing === undefined) {
      throw noSuchKey();
    }
    if (!matches(ifMatch, existing.etag)) throw preconditionFailed('If-Match');
  };
}

function preconditionFailed(condition: string): AwsError {
  return new AwsError(
    'PreconditionFailed',
    'At least one of the pre-conditions you specified did not hold',
    412,
    { Condition: condition },
  );
}

function matches(header: string, etag: string): boolean {
  return header
    .split(',')
    .map((item) => item.trim().replace(/^W\//, '').replace(/^"|"$/g, ''))
    .some((item) => item === '*' || item === etag);
}

/** Returns whether an object was changed after a date. @returns undefined if there is no valid date */
function changedSince(record: ObjectRecord, date: string | undefined): boolean | undefined {
  const sinceMs = date === undefined ? Number.NaN : Date.parse(date);
  if (Number.isNaN(sinceMs)) return undefined;
  return Math.floor(record.modifiedAtMs / 1000) * 1000 > sinceMs;
}
