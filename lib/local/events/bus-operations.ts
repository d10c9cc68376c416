import { z } from 'zod';

import type { PlaceContext } from '../place-context.js';
import { AwsError } from '../wire/aws-error.js';
import type { JsonOperation } from '../wire/json-service.js';
import { pageOf } from './page.js';
import { parseInput } from './parse-input.js';
import { busNameOf, DEFAULT_BUS, type RuleBook, type StoredBus } from './rule-book.js';

const listed = {
  NamePrefix: z.string().optional(),
  Limit: z.number().optional(),
  NextToken: z.string().optional(),
};
const schemas = {
  create: z.strictObject({
    Name: z
      .string()
      .regex(
        /^[.\-_A-Za-z0-9]{1,256}$/,
        'Parameter EventBusName is not valid. Reason: only . - _ A-Z a-z 0-9 are allowed.',
      ),
    Description: z.string().max(512).optional(),
    // Neither changes what a caller sees: nothing is encrypted here, and so nothing fails to be.
    KmsKeyIdentifier: z.string().optional(),
    DeadLetterConfig: z.object({}).optional(),
    Tags: z.array(z.object({ Key: z.string(), Value: z.string() })).optional(),
  }),
  describe: z.strictObject({ Name: z.string().optional() }),
  list: z.strictObject(listed),
  delete: z.strictObject({ Name: z.string() }),
};

/** The operations on event buses. */
export function busOperations(context: PlaceContext, book: RuleBook): Record<string, JsonOperation> {
  const describe = ({ name, description, createdAtMs }: StoredBus) => ({
    Name: name,
    Arn: book.busArn(name),
    ...(description === undefined ? {} : { Description: description }),
    CreationTime: createdAtMs / 1000,
    LastModifiedTime: createdAtMs / 1000,
  });
  return {
    CreateEventBus: async (input: unknown) => {
      const { Name, Description } = parseInput(schemas.create, input);
      if (book.hasBus(Name)) {
        throw new AwsError('ResourceAlreadyExistsException', `Event bus ${Name} already exists.`);
      }
      await book.putBus({
        name: Name,
        createdAtMs: context.clock.now(),
        ...(Description === undefined ? {} : { description: Description }),
      });
      return { EventBusArn: book.busArn(Name) };
    },
    DescribeEventBus: async (input: unknown) => describe(book.bus(parseInput(schemas.describe, input).Name)),
    ListEventBuses: async (input: unknown) => {
      const { NamePrefix = '', ...asked } = parseInput(schemas.list, input);
      const { items, ...more } = pageOf(
        book.buses().filter(({ name }) => name.startsWith(NamePrefix)),
        asked,
      );
      return { EventBuses: items.map(describe), ...more };
    },
    DeleteEventBus: async (input: unknown) => {
      await deleteBus(book, parseInput(schemas.delete, input).Name);
      return {};
    },
  };
}

/** Deleting a bus that is not there is done. @throws AwsError `ValidationException` */
export async function deleteBus(book: RuleBook, reference: string): Promise<void> {
  const name = busNameOf(reference);
  if (name === DEFAULT_BUS) throw new AwsError('ValidationException', 'Cannot delete event bus default.');
  if (book.rules(name).length > 0) {
    throw new AwsError('ValidationException', `Event bus ${name} can not be deleted since it has rules.`);
  }
  await book.removeBus(name);
}
