import { z } from 'zod';

import type { JsonObject } from '../resources/resource-provider.js';
import { templateTags } from '../resources/template-tags.js';
import { AwsError } from '../wire/aws-error.js';
import { checkInput } from '../wire/operation.js';
import type { BucketTag } from './object-record.js';
import { xmlResponse, type S3Operation } from './s3-call.js';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/CostAllocTagging.html */
const properties = z.object({
  Tags: templateTags({ key: z.string().min(1).max(128), value: z.string().max(256), most: 50 }),
});

/** Returns the tags of the bucket of a template. @throws AwsError `InvalidTag` */
export function readBucketTags({ Tags }: JsonObject): readonly BucketTag[] {
  const given = Tags === undefined ? {} : { Tags };
  return checkInput('AWS::S3::Bucket', 'InvalidTag', properties, given).Tags.map(({ Key, Value }) => ({
    key: Key,
    value: Value,
  }));
}

export const getBucketTagging: S3Operation = async (call) => {
  const { tags = [] } = await call.store.bucket(call.bucket);
  if (tags.length === 0) {
    throw new AwsError('NoSuchTagSet', 'The TagSet does not exist', 404, { BucketName: call.bucket });
  }
  const Tag = tags.map(({ key, value }) => ({ Key: key, Value: value }));
  return xmlResponse(call, { Tagging: { TagSet: { Tag } } });
};
