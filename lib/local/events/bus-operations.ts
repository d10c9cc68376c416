import { z } from 'zod';

import { harmless, operation } from '../wire/operation.js';
import { NOT_ENCRYPTED, pageMembers, pageOf, tags } from './members.js';
import { BUS_NAME, type RuleBook, type StoredBus } from './rule-book.js';

const busName = z
  .string()
  .regex(BUS_NAME, 'Parameter EventBusName is not valid. Reason: only . - _ A-Z a-z 0-9 are allowed.');

/** Returns the operations on event buses. */
export function busOperations(book: RuleBook) {
  const describe = ({ name, description, createdAtMs, modifiedAtMs = createdAtMs }: StoredBus) => ({
    Name: name,
    Arn: book.busArn(name),
    Description: description,
    CreationTime: createdAtMs / 1000,
    LastModifiedTime: modifiedAtMs / 1000,
  });
  return {
    CreateEventBus: operation(
      {
        Name: busName,
        Description: z.string().max(512).optional(),
        KmsKeyIdentifier: harmless(z.string(), NOT_ENCRYPTED),
        DeadLetterConfig: harmless(z.looseObject({}), NOT_ENCRYPTED),
        Tags: tags,
      },
      async (input) => {
        const { Name: name } = input;
        await book.createBus({ name, description: input.Description, tags: input.Tags });
        return { EventBusArn: book.busArn(name) };
      },
    ),
    DescribeEventBus: operation({ Name: z.string().optional() }, async ({ Name }) =>
      describe(book.bus(Name)),
    ),
    ListEventBuses: operation(
      { NamePrefix: z.string().default(''), ...pageMembers },
      async ({ NamePrefix, ...input }) => {
        const buses = book.buses().filter(({ name }) => name.startsWith(NamePrefix));
        const { items, nextToken } = pageOf(buses, ({ name }) => name, input);
        return { EventBuses: items.map(describe), NextToken: nextToken };
      },
    ),
    /** Lists the tags of a bus or a rule. */
    ListTagsForResource: operation({ ResourceARN: z.string().min(1).max(1600) }, async ({ ResourceARN }) => ({
      Tags: book.tagsOf(ResourceARN),
    })),
    DeleteEventBus: operation({ Name: z.string() }, ({ Name }) => book.deleteBus(Name)),
  };
}
