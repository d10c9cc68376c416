import { z } from 'zod';

import type { PlaceContext } from '../place-context.js';
import { AwsError } from '../wire/aws-error.js';
import { harmless, operation } from '../wire/operation.js';
import { page } from '../wire/page.js';
import { invalidToken, NOT_ENCRYPTED, pageMembers, tags } from './members.js';
import { busNameOf, DEFAULT_BUS, type RuleBook, type StoredBus } from './rule-book.js';

const busName = z
  .string()
  .regex(
    /^[.\-_A-Za-z0-9]{1,256}$/,
    'Parameter EventBusName is not valid. Reason: only . - _ A-Z a-z 0-9 are allowed.',
  );

/** Returns the operations on event buses. */
export function busOperations(context: PlaceContext, book: RuleBook) {
  const describe = ({ name, description, createdAtMs }: StoredBus) => ({
    Name: name,
    Arn: book.busArn(name),
    Description: description,
    CreationTime: createdAtMs / 1000,
    LastModifiedTime: createdAtMs / 1000,
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
      async ({ Name: name, Description: description }) => {
        if (book.hasBus(name)) {
          throw new AwsError('ResourceAlreadyExistsException', `Event bus ${name} already exists.`);
        }
        await book.putBus({ name, description, createdAtMs: context.clock.now() });
        return { EventBusArn: book.busArn(name) };
      },
    ),
    DescribeEventBus: operation({ Name: z.string().optional() }, async ({ Name }) =>
      describe(book.bus(Name)),
    ),
    ListEventBuses: operation(
      { NamePrefix: z.string().default(''), ...pageMembers },
      async ({ NamePrefix, Limit, NextToken }) => {
        const buses = book.buses().filter(({ name }) => name.startsWith(NamePrefix));
        const { items, nextToken } = page(buses, {
          key: ({ name }) => name,
          order: 'ascending',
          limit: Limit,
          token: NextToken,
          invalidToken,
        });
        return { EventBuses: items.map(describe), NextToken: nextToken };
      },
    ),
    DeleteEventBus: operation({ Name: z.string() }, async ({ Name }) => {
      await deleteBus(book, Name);
      return undefined;
    }),
  };
}

/** Deletes a bus. One that does not exist is no error. @throws AwsError `ValidationException` */
export async function deleteBus(book: RuleBook, reference: string): Promise<void> {
  const name = busNameOf(reference);
  if (name === DEFAULT_BUS) throw new AwsError('ValidationException', 'Cannot delete event bus default.');
  if (book.rules(name).length > 0) {
    throw new AwsError('ValidationException', `Event bus ${name} can not be deleted since it has rules.`);
  }
  await book.removeBus(name);
}
