import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect } from '@jest/globals';

import { placeEnvironment } from '../../../lib/local/place-context.js';
import { openAwsCli, type AwsCli } from '../../aws-cli/aws-cli.js';
import { withAwsCli, withBoto3 } from '../../installed-tools.js';
import { BUCKET, openS3TestPlace, type S3TestPlace } from './s3-test-place.js';

const run = promisify(execFile);

let place: S3TestPlace;
let folder: string;
let cli: AwsCli;
beforeAll(async () => {
  cli = await openAwsCli();
  place = await openS3TestPlace();
  folder = await mkdtemp(join(tmpdir(), 'codeseeder-cli-'));
});
afterAll(async () => {
  await cli.close();
  await place.dispose();
  await rm(folder, { recursive: true, force: true });
});

/**
 * Returns an environment without the developer's configuration, so that only the credentials of the local AWS are
 * used.
 */
function environment(overrides: Record<string, string> = {}): NodeJS.ProcessEnv {
  const { PATH } = process.env;
  return { PATH, HOME: folder, ...placeEnvironment(place.context), ...overrides };
}

async function aws(args: readonly string[], overrides: Record<string, string> = {}): Promise<string> {
  return cli.run(args, environment(overrides));
}

describe('The AWS CLI', () => {
  withAwsCli('The AWS CLI uploads and downloads 20 MB unchanged, lists and removes them', async () => {
    const content = randomBytes(20 * 1024 * 1024);
    const up = join(folder, 'up');
    const down = join(folder, 'down');
    await writeFile(up, content);
    const url = `s3://${BUCKET}/from cli/ü.bin`;
    await aws(['s3', 'cp', '--no-progress', up, url]);
    await aws(['s3', 'cp', '--no-progress', url, down]);
    expect((await readFile(down)).equals(content)).toBe(true);
    expect(await aws(['s3', 'ls', `s3://${BUCKET}/from cli/`])).toMatch(/20971520 ü\.bin/);
    await aws(['s3', 'cp', '--no-progress', url, `s3://${BUCKET}/copied`]);
    await aws(['s3', 'rm', '--recursive', `s3://${BUCKET}/from cli/`]);
    expect(await aws(['s3', 'ls', '--recursive', `s3://${BUCKET}`])).toMatch(/20971520 copied\n$/);
  });

  withAwsCli("The AWS CLI receives S3's error codes for wrong credentials", async () => {
    const list = (overrides: Record<string, string>) =>
      aws(['s3api', 'list-objects-v2', '--bucket', BUCKET], overrides);
    await expect(list({ AWS_SECRET_ACCESS_KEY: 'wrong' })).rejects.toThrow(/SignatureDoesNotMatch/);
    await expect(list({ AWS_ACCESS_KEY_ID: 'AKIANOBODY' })).rejects.toThrow(/InvalidAccessKeyId/);
  });

  withAwsCli('The AWS CLI creates a bucket and removes it', async () => {
    await aws(['s3', 'mb', 's3://made-by-cli']);
    expect(await aws(['s3', 'ls'])).toMatch(/made-by-cli/);
    await aws(['s3', 'rb', 's3://made-by-cli']);
    await expect(aws(['s3', 'ls', 's3://made-by-cli'])).rejects.toThrow(/NoSuchBucket/);
  });
});

const BOTO3 = `
import boto3, io, os, sys
from botocore.exceptions import ClientError
bucket = sys.argv[1]
s3 = boto3.client('s3')
content = os.urandom(20 * 1024 * 1024)
s3.upload_fileobj(io.BytesIO(content), bucket, 'boto/ü +.bin')
back = io.BytesIO()
s3.download_fileobj(bucket, 'boto/ü +.bin', back)
assert back.getvalue() == content
s3.put_object(Bucket=bucket, Key='boto/small', Body=b'small', ContentType='text/plain')
assert s3.get_object(Bucket=bucket, Key='boto/small')['Body'].read() == b'small'
for version in (s3.list_objects, s3.list_objects_v2):
    assert [each['Key'] for each in version(Bucket=bucket, Prefix='boto/')['Contents']] == ['boto/small', 'boto/ü +.bin']
try:
    s3.put_object(Bucket=bucket, Key='boto/small', Body=b'other', IfNoneMatch='*')
    raise AssertionError('replaced')
except ClientError as error:
    assert error.response['Error']['Code'] == 'PreconditionFailed', error
url = s3.generate_presigned_url('get_object', Params={'Bucket': bucket, 'Key': 'boto/small'})
assert url.startswith(os.environ['AWS_ENDPOINT_URL'])
s3.delete_objects(Bucket=bucket, Delete={'Objects': [{'Key': 'boto/small'}]})
try:
    s3.head_object(Bucket=bucket, Key='boto/small')
    raise AssertionError('not deleted')
except ClientError as error:
    assert error.response['ResponseMetadata']['HTTPStatusCode'] == 404
emptied = boto3.resource('s3').create_bucket(Bucket='emptied', CreateBucketConfiguration={'LocationConstraint': s3.meta.region_name})
for number in range(30):
    emptied.put_object(Key=f'ü {number}', Body=b'')
emptied.object_versions.filter(Prefix='ü 1').page_size(4).delete()
assert {each.key[:3] for each in emptied.objects.all()} == {f'ü {digit}' for digit in '023456789'}
emptied.object_versions.page_size(7).delete()
assert list(emptied.objects.all()) == []
emptied.delete()
print('done')
`;

describe('boto3', () => {
  withBoto3('The boto3 client uploads in parts, reads, lists, deletes and obeys conditions', async () => {
    const { stdout } = await run('python3', ['-c', BOTO3, BUCKET], { env: environment() });
    expect(stdout).toBe('done\n');
  });
});
