import { describe, expect, it } from '@jest/globals';

import {
  BUNDLE_LAYERS_MAX,
  bundleDigest,
  bundleReferenceSchema,
  parseLayerList,
} from '../../lib/contract/index.js';
import { aLayer } from './builders.js';

const digests = Array.from({ length: BUNDLE_LAYERS_MAX + 1 }, (_, index) =>
  index.toString(16).repeat(64).slice(0, 64),
);
const layers = (number: number) => digests.slice(0, number).map((digest) => aLayer({ digest }));
const faultOf = (value: unknown) => bundleReferenceSchema.safeParse(value).error?.issues[0]?.message;

const SHA256 = '07'.repeat(32);
const CHECKSUM = Buffer.alloc(32, 7).toString('base64');
const prebuilt = { key: `bundles/prebuilt/${SHA256}.zip`, checksumSha256: CHECKSUM, sizeBytes: 1 };

describe('a bundle of a request', () => {
  it.each([1, 2, BUNDLE_LAYERS_MAX])('The bundle of a request may have %d layers', (number) => {
    expect(faultOf({ layers: layers(number) })).toBeUndefined();
  });

  it.each<[string, unknown]>([
    ['at least one layer', { layers: [] }],
    ['more than 12 layers', { layers: layers(BUNDLE_LAYERS_MAX + 1) }],
    ['a layer must not be listed twice', { layers: [aLayer(), aLayer()] }],
    ['the key of a layer must be', { layers: [aLayer({ key: 'bundles/other.zip' })] }],
    ['a SHA-256 must have', { layers: [{ ...aLayer(), digest: 'A'.repeat(64) }] }],
    ['not a ChecksumSHA256', { layers: [aLayer({ checksumSha256: SHA256 })] }],
    ['not a ChecksumSHA256', { layers: [aLayer({ checksumSha256: `${CHECKSUM}-0` })] }],
    ['Too small', { layers: [aLayer({ sizeBytes: 0 })] }],
    ['Too big', { layers: [aLayer({ sizeBytes: 5 * 1024 ** 4 + 1 })] }],
    ['Unrecognized key', { layers: [{ ...aLayer(), sha256: SHA256 }] }],
  ])('The bundle of a request is refused with the message "%s"', (told, value) => {
    expect(faultOf(value)).toContain(told);
  });

  it('The bundle of a request may have a prebuilt zip, whose key is its SHA-256', () => {
    expect(faultOf({ layers: [prebuilt] })).toBeUndefined();
    expect(faultOf({ layers: [{ ...prebuilt, key: `bundles/${SHA256}.zip` }] })).toContain('must be');
    expect(faultOf({ layers: [{ ...prebuilt, key: `bundles/prebuilt/${'8'.repeat(64)}.zip` }] })).toContain(
      'must be',
    );
  });

  it('The bundle of a request may have objects that were uploaded in parts', () => {
    const large = { checksumSha256: `${CHECKSUM}-10000`, sizeBytes: 5 * 1024 ** 3 + 1 };
    expect(faultOf({ layers: [aLayer(large), { ...prebuilt, ...large }] })).toBeUndefined();
  });

  it('A request may not have a prebuilt zip in parts that fits into one request, because its key does not prove its content', () => {
    const layer = { ...prebuilt, checksumSha256: `${CHECKSUM}-2`, sizeBytes: 5 * 1024 ** 3 };
    expect(faultOf({ layers: [layer] })).toContain('only a prebuilt zip above 5 GiB');
    expect(faultOf({ layers: [aLayer({ checksumSha256: layer.checksumSha256 })] })).toBeUndefined();
  });
});

describe("a bundle's digest", () => {
  it('The digest of a bundle depends on the content and order of its layers, not on how they are compressed', () => {
    const [one, other] = [aLayer({ digest: 'a'.repeat(64) }), aLayer({ digest: 'b'.repeat(64) })];
    const digestOf = (...of: { digest?: string | undefined }[]) =>
      bundleDigest(of.map(({ digest = '' }) => ({ digest })));

    expect(digestOf(one, other)).toMatch(/^[0-9a-f]{64}$/);
    expect(digestOf({ ...one, ...{ sizeBytes: 7 } }, other)).toBe(digestOf(one, other));
    expect(digestOf(other, one)).not.toBe(digestOf(one, other));
    expect(digestOf(one)).not.toBe(digestOf(one, other));
  });
});

describe('a list of layers', () => {
  it('A list of layers is refused when it has another version', () => {
    const list = { version: 1, layers: layers(2) };

    expect(parseLayerList(list, 'list')).toEqual(list);
    expect(() => parseLayerList({ ...list, version: 2 }, 'list s3://a/b.json')).toThrow(
      /The list s3:\/\/a\/b.json is not valid: version/,
    );
  });
});
