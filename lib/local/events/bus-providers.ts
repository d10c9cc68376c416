import type { PlaceContext } from '../place-context.js';
import type { JsonObject, ProvidedResource, ResourceProvider } from '../resources/resource-provider.js';
import { inertProvider } from '../resources/inert-provider.js';
import { AwsError } from '../wire/aws-error.js';
import { deleteBus } from './bus-operations.js';
import { NOT_CHECKED } from './members.js';
import type { RuleBook } from './rule-book.js';

/** Provides `AWS::Events::EventBus`. */
export function busProvider(context: PlaceContext, book: RuleBook): ResourceProvider {
  const put = async (properties: JsonObject): Promise<ProvidedResource> => {
    const name = busName(properties);
    const { Description } = properties;
    await book.putBus({
      name,
      createdAtMs: context.clock.now(),
      description: typeof Description === 'string' ? Description : undefined,
    });
    return { physicalId: name, attributes: { Arn: book.busArn(name), Name: name } };
  };
  return {
    type: 'AWS::Events::EventBus',
    modelled: ['Name', 'Description'],
    harmless: {
      KmsKeyIdentifier: 'Undelivered events are stored in the data folder, which only its owner may read.',
      DeadLetterConfig: 'It receives events that could not be encrypted; nothing is encrypted here.',
      LogConfig: 'The bus keeps no log of its own.',
      Policy: NOT_CHECKED,
      Tags: 'Tags of buses are for people and bills.',
    },
    check: ({ properties }) => void busName(properties),
    create: async ({ properties }) => {
      const name = busName(properties);
      if (book.hasBus(name)) {
        throw new AwsError('ResourceAlreadyExistsException', `Event bus ${name} already exists.`);
      }
      return put(properties);
    },
    update: async (current, { properties }) => {
      const updated = await put(properties);
      if (updated.physicalId !== current.physicalId) await deleteBus(book, current.physicalId);
      return updated;
    },
    delete: ({ physicalId }) => deleteBus(book, physicalId),
  };
}

/** Provides `AWS::Events::EventBusPolicy`, which has no effect. */
export const busPolicyProvider = inertProvider({
  type: 'AWS::Events::EventBusPolicy',
  reason: NOT_CHECKED,
  properties: ['Action', 'Condition', 'EventBusName', 'Principal', 'Statement', 'StatementId'],
  describe: ({ stackName, logicalId }) => ({ physicalId: `${stackName}-${logicalId}`, attributes: {} }),
});

function busName({ Name }: JsonObject): string {
  if (typeof Name === 'string' && /^[.\-_A-Za-z0-9]{1,256}$/.test(Name)) return Name;
  throw new AwsError('ValidationException', `Parameter Name is not valid: ${JSON.stringify(Name)}`);
}
