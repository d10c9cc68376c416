import type { PlaceContext } from '../place-context.js';
import type { JsonObject, ProvidedResource, ResourceProvider } from '../resources/resource-provider.js';
import { resourceName } from '../resources/resource-name.js';
import { AwsError } from '../wire/aws-error.js';
import type { GroupSettings, LogCatalogue } from './log-catalogue.js';
import { logGroupArn } from './log-group-arn.js';

/** Provides `AWS::Logs::LogGroup`. As in CloudFormation, creating a group that already exists fails. */
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
      DataProtectionPolicy: 'nothing is masked here',
      FieldIndexPolicies: 'an index makes queries cheaper and does not change their results',
    },
    async create(request) {
      const name = resourceName(request, 'LogGroupName', 512);
      if (catalogue.hasGroup(name)) {
        throw new AwsError(
          'AlreadyExists',
          `Resource of type 'AWS::Logs::LogGroup' with identifier '{"/properties/LogGroupName":"${name}"}' already exists.`,
        );
      }
      await catalogue.createGroup({ name, ...settingsOf(request.properties) });
      return provided(name);
    },
    async update(current, { properties }) {
      const { name } = catalogue.group(current.physicalId);
      if ((properties.LogGroupName ?? name) !== name) {
        throw new AwsError('ValidationError', `The name of log group ${name} cannot be changed.`);
      }
      await catalogue.changeGroup(name, () => settingsOf(properties));
      return provided(name);
    },
    async delete({ physicalId }) {
      await catalogue.deleteGroup(physicalId).catch(ignoreMissing);
    },
  };
}

/** Ignores the error if the group does not exist, or another caller deletes it. */
function ignoreMissing(error: unknown): void {
  if (!(error instanceof AwsError) || error.code !== 'ResourceNotFoundException') throw error;
}

function settingsOf({ RetentionInDays: days, KmsKeyId: key, Tags: tags }: JsonObject): GroupSettings {
  return {
    tags: Array.isArray(tags)
      ? Object.fromEntries((tags as { Key: string; Value: string }[]).map(({ Key, Value }) => [Key, Value]))
      : {},
    retentionInDays: days === undefined ? undefined : Number(days),
    kmsKeyId: typeof key === 'string' ? key : undefined,
  };
}
