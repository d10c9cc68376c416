import type { Json, JsonObject, ProvidedResource, ResourceProvider } from '../resources/resource-provider.js';
import { generatedName, resourceName } from '../resources/resource-name.js';
import { AwsError } from '../wire/aws-error.js';
import { writeDenials } from './bucket-policy.js';
import { changeBucket, newBucket, removeBucket } from './bucket-operations.js';
import { readBucketTags } from './bucket-tags.js';
import { readSendsEvents } from './notification-configuration.js';
import type { Encryption } from './object-record.js';
import { noSuchBucket } from './refusals.js';
import type { S3Store } from './s3-store.js';

/**
 * Provides `AWS::S3::Bucket`. Adopts an existing bucket of the same name, such as one that a deleted stack retained.
 */
export function bucketProvider(store: S3Store): ResourceProvider {
  return {
    type: 'AWS::S3::Bucket',
    modelled: [
      'BucketName',
      'BucketEncryption',
      'NotificationConfiguration',
      'Tags',
      'VersioningConfiguration',
    ],
    harmless: {
      AccessControl: 'permissions are not enforced',
      AccelerateConfiguration: 'there is no network to accelerate',
      LifecycleConfiguration: 'objects do not expire; S3 may also delete them late',
      LoggingConfiguration: 'accesses are not logged',
      OwnershipControls: 'permissions are not enforced',
      PublicAccessBlockConfiguration: 'nothing is public on 127.0.0.1',
    },
    check({ properties }) {
      readEncryption(properties);
      readSendsEvents(properties);
      readBucketTags(properties);
      const versioning = properties.VersioningConfiguration as { Status?: Json } | undefined;
      if (versioning?.Status === 'Enabled') {
        throw new Error(
          'The local AWS keeps no versions of objects. Remove VersioningConfiguration.Status Enabled.',
        );
      }
    },
    create: (request) =>
      createOrUpdate(
        store,
        resourceName(request, 'BucketName', 63, generatedName(request, 63).toLowerCase()),
        request.properties,
      ),
    async update({ physicalId: current }, request, former = {}) {
      const name = resourceName(request, 'BucketName', 63, current);
      if (name !== current) await refuseWithObjects(store, current, name);
      return createOrUpdate(store, name, request.properties, former);
    },
    async delete(current) {
      try {
        await removeBucket(store, current.physicalId);
      } catch (error) {
        if (!(error instanceof AwsError) || error.code !== 'NoSuchBucket') throw error;
      }
    },
  };
}

/** Provides `AWS::S3::BucketPolicy`. Only statements that deny writes have an effect. */
export function bucketPolicyProvider(store: S3Store): ResourceProvider {
  const provide = async ({ Bucket: name, PolicyDocument }: JsonObject): Promise<ProvidedResource> => {
    const bucket = typeof name === 'string' ? name : '';
    const denials = writeDenials(PolicyDocument);
    await changeBucket(store, bucket, (existing) => {
      if (existing === undefined) throw noSuchBucket(bucket);
      return { ...existing, denials };
    });
    return { physicalId: bucket, attributes: {} };
  };
  return {
    type: 'AWS::S3::BucketPolicy',
    modelled: ['Bucket', 'PolicyDocument'],
    harmless: {},
    create: ({ properties }) => provide(properties),
    update: (_current, { properties }) => provide(properties),
    delete: ({ physicalId: bucket }) =>
      changeBucket(store, bucket, (existing) => existing && { ...existing, denials: [] }),
  };
}

/** Refuses to replace a bucket that has objects, because the deletion of the bucket would fail. */
async function refuseWithObjects({ objects }: S3Store, current: string, name: string): Promise<void> {
  for await (const _object of objects.entries(`${current}/`)) {
    throw new Error(
      `The bucket ${current} cannot be replaced by ${name}, because it has objects. Delete them, or keep the BucketName ${current}.`,
    );
  }
}

/**
 * Creates a bucket or changes an existing one.
 * @param former the properties before an update. If neither these nor the new ones have a `NotificationConfiguration`,
 *   the one that a custom resource has set stays, as in CloudFormation. @default the bucket is created
 */
async function createOrUpdate(
  store: S3Store,
  name: string,
  properties: JsonObject,
  former?: JsonObject,
): Promise<ProvidedResource> {
  const [encryption, tags] = [readEncryption(properties), readBucketTags(properties)];
  const isOwn = [properties, former ?? properties].some(
    ({ NotificationConfiguration: own }) => own !== undefined,
  );
  const changed = former === undefined || isOwn ? { sendsEvents: readSendsEvents(properties) } : {};
  let isAdopted = false;
  await changeBucket(store, name, (existing) => {
    isAdopted = existing !== undefined;
    return { ...(existing ?? newBucket(store, name)), encryption, tags, ...changed };
  });
  const { partition, region } = store.context;
  return {
    physicalId: name,
    isAdopted,
    attributes: {
      Arn: `arn:${partition}:s3:::${name}`,
      DomainName: `${name}.s3.amazonaws.com`,
      DualStackDomainName: `${name}.s3.dualstack.${region}.amazonaws.com`,
      RegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
      WebsiteURL: `http://${name}.s3-website-${region}.amazonaws.com`,
    },
  };
}

function readEncryption({ BucketEncryption: encryption }: JsonObject): Encryption {
  if (encryption === undefined) return { algorithm: 'AES256' };
  const { ServerSideEncryptionConfiguration: rules } = encryption as {
    ServerSideEncryptionConfiguration?: Json;
  };
  const [rule] = Array.isArray(rules) ? (rules as EncryptionRule[]) : [];
  const { SSEAlgorithm: algorithm, KMSMasterKeyID: keyId } = rule?.ServerSideEncryptionByDefault ?? {};
  if (algorithm === undefined) {
    throw new Error('BucketEncryption has no ServerSideEncryptionConfiguration with an SSEAlgorithm.');
  }
  return {
    algorithm,
    keyId,
    bucketKey: rule?.BucketKeyEnabled === true || rule?.BucketKeyEnabled === 'true',
  };
}

interface EncryptionRule {
  readonly BucketKeyEnabled?: boolean | string;
  readonly ServerSideEncryptionByDefault?: {
    readonly SSEAlgorithm?: string;
    readonly KMSMasterKeyID?: string;
  };
}
