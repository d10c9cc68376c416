import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandInput,
  type ListObjectVersionsCommandOutput,
  ListObjectsV2Command,
  paginateListObjectsV2,
  type ListObjectsV2CommandInput,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { listKeys } from '../../../lib/local/s3/list-keys.js';
import type { S3Store } from '../../../lib/local/s3/s3-store.js';
import { BUCKET, openS3TestPlace, type S3TestPlace } from './s3-test-place.js';

let place: S3TestPlace;
const KEYS = ['a', 'a/1', 'a/2', 'a/b/3', 'b/😀/4', 'b/\uffee', 'c d+&<', 'runs/1/x', 'runs/2/x', 'z'];

beforeAll(async () => {
  place = await openS3TestPlace();
  for (const key of KEYS) await place.s3.objects.write(BUCKET, key, Buffer.from(key));
});
afterAll(() => place.dispose());

const inByteOrder = (keys: readonly string[]) =>
  [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

const list = (input: Partial<ListObjectsV2CommandInput> = {}) =>
  place.client.send(new ListObjectsV2Command({ Bucket: BUCKET, ...input }));

describe('A list of object versions', () => {
  const versions = (input: Partial<ListObjectVersionsCommandInput> = {}) =>
    place.client.send(new ListObjectVersionsCommand({ Bucket: BUCKET, ...input }));

  it('The versions of a bucket without versioning are its objects, each with the id `null`', async () => {
    const { Versions = [], DeleteMarkers, IsTruncated, ...rest } = await versions();
    expect(Versions.map(({ Key }) => Key)).toEqual(inByteOrder(KEYS));
    expect(Versions[0]).toMatchObject({
      VersionId: 'null',
      IsLatest: true,
      Size: 1,
      StorageClass: 'STANDARD',
      LastModified: expect.any(Date),
    });
    expect([DeleteMarkers, IsTruncated, rest.MaxKeys]).toEqual([undefined, false, 1000]);
    expect(rest.NextKeyMarker).toBeUndefined();
  });

  it('Versions are grouped by the delimiter after the prefix', async () => {
    const below = await versions({ Delimiter: '/', Prefix: 'a/' });
    expect(below.CommonPrefixes).toEqual([{ Prefix: 'a/b/' }]);
    expect(below.Versions?.map(({ Key }) => Key)).toEqual(['a/1', 'a/2']);
  });

  it.each([1, 2, 3, 100])('Versions are the same in pages of %i', async (MaxKeys) => {
    for (const Delimiter of [undefined, '/']) {
      const found: (string | undefined)[] = [];
      let markers: Partial<ListObjectVersionsCommandInput> | undefined = {};
      while (markers !== undefined) {
        const page: ListObjectVersionsCommandOutput = await versions({ Delimiter, MaxKeys, ...markers });
        const names = [
          ...(page.Versions ?? []).map(({ Key }) => Key),
          ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix),
        ];
        expect(names.length).toBeLessThanOrEqual(MaxKeys);
        found.push(...names);
        const { NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = page;
        markers = page.IsTruncated === true ? { KeyMarker, VersionIdMarker } : undefined;
      }
      const whole = await list({ Delimiter });
      const expected = [
        ...(whole.Contents ?? []).map(({ Key }) => Key),
        ...(whole.CommonPrefixes ?? []).map(({ Prefix }) => Prefix),
      ];
      expect([...found].sort()).toEqual([...expected].sort());
    }
  });

  it('A page of versions that ends with a common prefix has no version marker', async () => {
    const page = await versions({ Delimiter: '/', MaxKeys: 2 });
    expect(page).toMatchObject({ IsTruncated: true, NextKeyMarker: 'a/' });
    expect(page.NextVersionIdMarker).toBeUndefined();
  });

  it('Keys of versions are encoded as the request asks', async () => {
    const page = await versions({ Prefix: 'c', EncodingType: 'url', KeyMarker: 'c' });
    expect(page).toMatchObject({ EncodingType: 'url', Prefix: 'c', KeyMarker: 'c' });
    expect(page.Versions?.map(({ Key }) => Key)).toEqual(['c%20d%2B%26%3C']);
  });

  it.each([
    [{ VersionIdMarker: 'null' }, 'A version-id marker cannot be specified without a key marker.'],
    [{ KeyMarker: 'a', VersionIdMarker: 'v1' }, 'Invalid version id specified'],
  ])('A list of versions refuses %j', async (input, message) => {
    await expect(versions(input)).rejects.toMatchObject({ name: 'InvalidArgument', message });
  });

  it('An object is read and deleted by the version id `null`, and has no other version', async () => {
    const object = { Bucket: BUCKET, Key: 'of-version' };
    await place.s3.objects.write(BUCKET, object.Key, Buffer.from('x'));
    const get = (VersionId: string) => place.client.send(new GetObjectCommand({ ...object, VersionId }));
    expect(await (await get('null')).Body?.transformToString()).toBe('x');
    await expect(get('v1')).rejects.toMatchObject({ name: 'NoSuchVersion' });
    const remove = (VersionId: string) =>
      place.client.send(new DeleteObjectCommand({ ...object, VersionId }));
    await expect(remove('v1')).rejects.toMatchObject({ name: 'NotImplemented' });
    await remove('null');
    await expect(get('null')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });
});

describe('A list of objects', () => {
  it('A list of objects has all keys in byte order, with sizes', async () => {
    const { Contents, KeyCount, IsTruncated } = await list();
    expect(Contents?.map(({ Key }) => Key)).toEqual(inByteOrder(KEYS));
    expect(Contents?.[0]?.Size).toBe(1);
    expect([KeyCount, IsTruncated]).toEqual([KEYS.length, false]);
  });

  it('A list of objects groups keys by the delimiter after the prefix', async () => {
    const top = await list({ Delimiter: '/' });
    expect(top.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(['a/', 'b/', 'runs/']);
    expect(top.Contents?.map(({ Key }) => Key)).toEqual(['a', 'c d+&<', 'z']);
    const below = await list({ Delimiter: '/', Prefix: 'a/' });
    expect(below.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(['a/b/']);
    expect(below.Contents?.map(({ Key }) => Key)).toEqual(['a/1', 'a/2']);
  });

  it.each([1, 2, 3, 100])('A list of objects is the same in pages of %i keys', async (pageSize) => {
    for (const Delimiter of [undefined, '/']) {
      const whole = await list({ Delimiter });
      const found: (string | undefined)[] = [];
      const prefixes: (string | undefined)[] = [];
      for await (const page of paginateListObjectsV2(
        { client: place.client, pageSize },
        { Bucket: BUCKET, Delimiter },
      )) {
        found.push(...(page.Contents ?? []).map(({ Key }) => Key));
        prefixes.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix));
      }
      expect(found).toEqual(whole.Contents?.map(({ Key }) => Key));
      expect(prefixes).toEqual((whole.CommonPrefixes ?? []).map(({ Prefix }) => Prefix));
    }
  });

  it('A list of objects starts after a key, and encodes keys on request', async () => {
    const { Contents } = await list({ StartAfter: 'b/😀/4', EncodingType: 'url' });
    expect(Contents?.map(({ Key }) => Key)).toEqual(['c%20d%2B%26%3C', 'runs/1/x', 'runs/2/x', 'z']);
  });

  it('A list of objects of the first version continues from its marker', async () => {
    const first = await place.client.send(
      new ListObjectsCommand({ Bucket: BUCKET, Delimiter: '/', MaxKeys: 2 }),
    );
    expect(first).toMatchObject({ IsTruncated: true, NextMarker: 'a/' });
    const second = await place.client.send(
      new ListObjectsCommand({ Bucket: BUCKET, Delimiter: '/', MaxKeys: 2, Marker: first.NextMarker }),
    );
    expect(second.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(['b/']);
  });

  it('A bucket that does not exist is not listed, and one with an invalid name is not created', async () => {
    await expect(list({ Bucket: 'no-such-bucket' })).rejects.toMatchObject({ name: 'NoSuchBucket' });
    await expect(place.client.send(new CreateBucketCommand({ Bucket: 'Not_A_Name' }))).rejects.toMatchObject({
      name: 'InvalidBucketName',
    });
  });

  it('A list of objects equals sorting and grouping in memory for any keys, delimiter and page size', async () => {
    const key = fc
      .array(fc.constantFrom('a', 'b', '/', '//', '😀', '\u{10ffff}', '\uffff', ' '), {
        minLength: 1,
        maxLength: 5,
      })
      .map((parts) => parts.join(''));
    let round = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(key, { maxLength: 12 }),
        fc.constantFrom('', '/', 'a'),
        fc.constantFrom('', 'a', '/'),
        fc.integer({ min: 1, max: 4 }),
        async (keys, delimiter, prefix, limit) => {
          const bucket = `bucket-${round++}`;
          const objects = place.context.store.collection<{ key: string }>('s3-objects');
          for (const each of keys) await objects.put(`${bucket}/${each}`, { key: each });
          const found: string[] = [];
          for (let after: string | undefined = ''; after !== undefined;) {
            const page = await listKeys({ objects } as unknown as S3Store, {
              bucket,
              prefix,
              delimiter,
              after,
              limit,
            });
            found.push(...page.objects.map((object) => object.key), ...page.commonPrefixes);
            after = page.last;
          }
          const rolled = keys
            .filter((each) => each.startsWith(prefix))
            .map((each) => {
              const at = delimiter === '' ? -1 : each.indexOf(delimiter, prefix.length);
              return at < 0 ? each : each.slice(0, at + delimiter.length);
            });
          expect(inByteOrder(found)).toEqual(inByteOrder([...new Set(rolled)]));
        },
      ),
      { numRuns: 150 },
    );
  });
});
