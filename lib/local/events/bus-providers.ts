import type { PlaceContext } from '../place-context.js';
import type { JsonObject, ProvidedResource, ResourceProvider } from '../template/resource-provider.js';
import { AwsError } from '../wire/aws-error.js';
import { deleteBus } from './bus-operations.js';
import type { RuleBook } from './rule-book.js';

export function busProvider(context: PlaceContext, book: RuleBook): ResourceProvider {
  const put = async (properties: JsonObject): Promise<ProvidedResource> => {
    const name = busName(properties);
    const { Description } = properties;
    await book.putBus({
      name,
      createdAtMs: context.clock.now(),
      ...(typeof Description === 'string' ? { description: Description } : {}),
    });
    return { physicalId: name, attributes: { Arn: book.busArn(name), Name: name } };
  };
  return {
    type: 'AWS::Events::EventBus',
    modelled: ['Name', 'Description'],
    harmless: {
      KmsKeyIdentifier: 'Events on their way are kept in the data folder, which only its owner may read.',
      DeadLetterConfig: 'It takes the events that could not be encrypted; nothing is encrypted here.',
      LogConfig: 'The bus keeps no log of its own.',
      Policy: 'Permissions are not checked: all requests come from the owner of the place.',
      Tags: 'Tags of buses are only for people and bills.',
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

/** Who may put events is not checked. */
export const busPolicyProvider: ResourceProvider = {
  type: 'AWS::Events::EventBusPolicy',
  modelled: [],
  harmless: Object.fromEntries(
    ['Action', 'Condition', 'EventBusName', 'Principal', 'Statement', 'StatementId'].map((name) => [
      name,
      'Permissions are not checked: all requests come from the owner of the place.',
    ]),
  ),
  create: async ({ stackName, logicalId }) => ({ physicalId: `${stackName}-${logicalId}`, attributes: {} }),
  update: async (current) => current,
  delete: async () => undefined,
};

function busName({ Name }: JsonObject): string {
  if (typeof Name === 'string' && /^[.\-_A-Za-z0-9]{1,256}$/.test(Name)) return Name;
  throw new AwsError('ValidationException', `Parameter Name is not valid: ${JSON.stringify(Name)}`);
}
