import { describe, expect, it } from '@jest/globals';

import { statementsOf } from '../seedkit/statements.js';
import { isAllowed, type Context } from './policy-evaluator.js';
import { synthesizedVariant } from './seedkit-variants.js';

const BUCKET = 'arn:aws:s3:::the-bucket';
const LAYER = 'bundles/a.zip';
const INPUT = 'runs/run/input/invocation.json';
const TLS = { 'aws:SecureTransport': 'true' };

/**
 * Condition keys of the operations that create objects. For IAM, all of these operations are the action
 * `s3:PutObject`.
 */
const OPERATIONS: Record<string, Context> = {
  'PutObject with If-None-Match': { 's3:if-none-match': '*', 's3:ObjectCreationOperation': 'true' },
  'CompleteMultipartUpload with If-None-Match': {
    's3:if-none-match': '*',
    's3:ObjectCreationOperation': 'true',
  },
  CreateMultipartUpload: { 's3:ObjectCreationOperation': 'false' },
  UploadPart: { 's3:ObjectCreationOperation': 'false' },
  PutObject: { 's3:ObjectCreationOperation': 'true' },
  'PutObject with If-Match': { 's3:if-match': '"etag"', 's3:ObjectCreationOperation': 'true' },
  CopyObject: { 's3:x-amz-copy-source': 'the-bucket/inbox/x', 's3:ObjectCreationOperation': 'true' },
  CompleteMultipartUpload: { 's3:ObjectCreationOperation': 'true' },
};

/** Returns whether an administrator, whose own policy allows everything, may make a call. */
function mayAdministrator(action: string, key: string, context: Context): boolean {
  const resource = statementsOf(synthesizedVariant('minimal').template, 'StorageBucketPolicy');
  const everything = { sid: '', effect: 'Allow', actions: ['*'], resources: ['*'], principal: undefined };
  const identity = [{ ...everything, condition: undefined }];
  const caller = { arn: 'arn:aws:iam::123456789012:role/administrator' };
  return isAllowed({ identity, resource }, { action, resource: `${BUCKET}/${key}`, context }, caller);
}

describe('The bucket policy', () => {
  const create = (operation: string, key: string) =>
    mayAdministrator('s3:PutObject', key, { ...TLS, ...OPERATIONS[operation] });
  const names = Object.keys(OPERATIONS);

  it.each(names.slice(0, 4))('%s may create a layer and an input', (operation) => {
    expect([create(operation, LAYER), create(operation, INPUT)]).toEqual([true, true]);
  });

  it.each(names.slice(4))(
    '%s may create neither a layer nor an input, not even for an administrator',
    (name) => {
      expect([create(name, LAYER), create(name, INPUT)]).toEqual([false, false]);
    },
  );

  it.each(['codeseeder/abcdefgh/bundle.zip', 'inbox/a.request.json', 'outputs/arn/result.json'])(
    'An object %s may be put without If-None-Match',
    (key) => {
      expect(create('PutObject', key)).toBe(true);
    },
  );

  it.each([
    'runs/run/input/folder/invocation.json',
    'runs/run/input/folder/input/invocation.json',
    'runs/run/input//x',
  ])('No principal may create %s, because a build downloads the whole input of its run', (key) => {
    expect(names.map((name) => create(name, key))).toEqual(names.map(() => false));
  });

  it('Requests without TLS are refused', () => {
    const context = { ...OPERATIONS['PutObject with If-None-Match'], 'aws:SecureTransport': 'false' };
    expect(mayAdministrator('s3:PutObject', LAYER, context)).toBe(false);
    expect(mayAdministrator('s3:GetObject', LAYER, { 'aws:SecureTransport': 'false' })).toBe(false);
    expect(mayAdministrator('s3:GetObject', LAYER, TLS)).toBe(true);
  });
});
