import type { PlaceContext } from '../place-context.js';
import type { JsonObject, ProvidedResource, ResourceProvider } from '../resources/resource-provider.js';
import { generatedName } from '../resources/inert-provider.js';
import { AwsError } from '../wire/aws-error.js';
import type { GroupRecord, LogCatalogue } from './log-catalogue.js';
import { logGroupArn } from './log-group-arn.js';

/** Provides `AWS::Logs::LogGroup`. A group that exists already is refused, as by the service. */
export function logGroupProvider(context: PlaceContext, catalogue: LogCatalogue): ResourceProvider {
  const provided = (name: string): ProvidedResource => ({
    physicalId: name,
    attributes: { Arn: `${logGroupArn(context, name)}:*` },
  });
  return {
    type: 'AWS::Logs::LogGroup',
    modelled: ['LogGroupName', 'RetentionInDays', 'KmsKeyId', 'Tags'],
    harmless: {
      LogGroupClass: 'the classes differ in price and in features that the local AWS does not have',
      DataProtectionPolicy: 'masking is for readers of a shared account',
      FieldIndexPolicies: 'an index makes queries cheaper, it finds nothing else',
    },
    async create(request) {
      const { properties } = request;
      const { LogGroupName } = properties;
      const name = typeof LogGroupName === 'string' ? LogGroupName : generatedName(request, 512);
      if (catalogue.groups().some((group) => group.name === name)) {
        throw new AwsError(
          'AlreadyExists',
          `Resource of type 'AWS::Logs::LogGroup' with identifier '{"/properties/LogGroupName":"${name}"}' already exists.`,
        );
      }
      await catalogue.createGroup({ name, tags: {}, kmsKeyId: undefined });
      await catalogue.putGroup(withProperties(catalogue.group(name), properties));
      return provided(name);
    },
    async update(current, { properties }) {
      const group = catalogue.group(current.physicalId);
      const { LogGroupName: name = group.name } = properties;
      if (name !== group.name) {
        throw new AwsError('ValidationError', `The name of log group ${group.name} cannot be changed.`);
      }
      await catalogue.putGroup(withProperties(group, properties));
      return provided(group.name);
    },
    async delete({ physicalId }) {
      const exists = catalogue.groups().some(({ name }) => name === physicalId);
      if (exists) await catalogue.deleteGroup(physicalId);
    },
  };
}

function withProperties(group: GroupRecord, properties: JsonObject): GroupRecord {
  const { RetentionInDays: days, KmsKeyId: key, Tags: tags } = properties;
  const { name, id, creationTime } = group;
  return {
    name,
    id,
    creationTime,
    tags: Array.isArray(tags)
      ? Object.fromEntries((tags as { Key: string; Value: string }[]).map(({ Key, Value }) => [Key, Value]))
      : {},
    retentionInDays: days === undefined ? undefined : Number(days),
    kmsKeyId: typeof key === 'string' ? key : undefined,
  };
}
