import { z } from 'zod';

import type { JsonObject, ProvidedResource, ResourceProvider } from '../resources/resource-provider.js';
import { inertProvider } from '../resources/inert-provider.js';
import { checkInput } from '../wire/operation.js';
import { invalid, NOT_CHECKED, tags } from './members.js';
import { BUS_NAME, type RuleBook } from './rule-book.js';

/** Provides `AWS::Events::EventBus`. */
export function busProvider(book: RuleBook): ResourceProvider {
  const provided = (name: string): ProvidedResource => ({
    physicalId: name,
    attributes: { Arn: book.busArn(name), Name: name },
  });
  return {
    type: 'AWS::Events::EventBus',
    modelled: ['Name', 'Description', 'Tags'],
    harmless: {
      KmsKeyIdentifier: 'Undelivered events are stored in the data folder, which only its owner may read.',
      DeadLetterConfig: 'It receives events that could not be encrypted; nothing is encrypted here.',
      LogConfig: 'The bus keeps no log of its own.',
      Policy: NOT_CHECKED,
    },
    check: ({ properties }) => void readBus(properties),
    create: async ({ properties }) => {
      const bus = readBus(properties);
      await book.createBus(bus);
      return provided(bus.name);
    },
    update: async (_current, { properties }) => {
      const bus = readBus(properties);
      await book.putBus(bus);
      return provided(bus.name);
    },
    delete: ({ physicalId }) => book.deleteBus(physicalId),
  };
}

/** Provides `AWS::Events::EventBusPolicy`, which has no effect. */
export const busPolicyProvider = inertProvider({
  type: 'AWS::Events::EventBusPolicy',
  reason: NOT_CHECKED,
  properties: ['Action', 'Condition', 'EventBusName', 'Principal', 'Statement', 'StatementId'],
});

function readBus({ Name: name, Description: description, Tags }: JsonObject) {
  if (typeof name === 'string' && BUS_NAME.test(name)) {
    const read = checkInput('AWS::Events::EventBus', 'ValidationException', z.object({ Tags: tags }), {
      Tags,
    });
    return { name, description: typeof description === 'string' ? description : undefined, tags: read.Tags };
  }
  throw invalid(`Parameter Name is not valid: ${JSON.stringify(name)}`);
}
