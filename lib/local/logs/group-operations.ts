import { z } from 'zod';

import type { PlaceContext } from '../place-context.js';
import { operation } from '../wire/operation.js';
import { page } from '../wire/page.js';
import type { GroupRecord, LogCatalogue } from './log-catalogue.js';
import { logGroupArn, nameInArn } from './log-group-arn.js';
import {
  groupArn,
  groupIdentifier,
  invalidParameter,
  invalidToken,
  kmsKeyId,
  logGroupName,
  nextToken,
  pageLimit,
} from './members.js';

const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

const tags = z.record(z.string(), z.string());
const keyedGroup = { logGroupName: logGroupName.optional(), resourceIdentifier: groupIdentifier.optional() };

/** Returns the operations on log groups. */
export function groupOperations(context: PlaceContext, catalogue: LogCatalogue) {
  return {
    CreateLogGroup: operation(
      {
        logGroupName,
        kmsKeyId: kmsKeyId.optional(),
        tags: tags.default({}),
        logGroupClass: z.literal('STANDARD').optional(),
      },
      async (input) => {
        await catalogue.createGroup({
          name: input.logGroupName,
          tags: input.tags,
          kmsKeyId: input.kmsKeyId,
        });
        return undefined;
      },
    ),
    DeleteLogGroup: operation({ logGroupName }, async (input) => {
      await catalogue.deleteGroup(input.logGroupName);
      return undefined;
    }),
    DescribeLogGroups: operation(
      {
        logGroupNamePrefix: z.string().default(''),
        logGroupNamePattern: z.string().default(''),
        nextToken,
        limit: pageLimit(50),
      },
      async ({ logGroupNamePrefix, logGroupNamePattern, ...input }) => {
        const pattern = logGroupNamePattern.toLowerCase();
        const found = catalogue
          .groups()
          .filter(({ name }) => name.startsWith(logGroupNamePrefix) && name.toLowerCase().includes(pattern));
        const { items, nextToken: token } = page(found, {
          key: ({ name }) => name,
          order: 'ascending',
          token: input.nextToken,
          limit: input.limit,
          invalidToken,
        });
        return {
          logGroups: items.map((group) => describeGroup(context, catalogue, group)),
          nextToken: token,
        };
      },
    ),
    ...groupSettingOperations(catalogue),
  };
}

/** Returns the operations on a group's retention, key and tags. */
function groupSettingOperations(catalogue: LogCatalogue) {
  return {
    PutRetentionPolicy: operation(
      { logGroupName, retentionInDays: z.literal(RETENTION_DAYS) },
      async ({ logGroupName: name, retentionInDays }) => {
        await catalogue.putGroup({ ...catalogue.group(name), retentionInDays });
        return undefined;
      },
    ),
    DeleteRetentionPolicy: operation({ logGroupName }, async (input) => {
      await catalogue.putGroup({ ...catalogue.group(input.logGroupName), retentionInDays: undefined });
      return undefined;
    }),
    AssociateKmsKey: operation({ ...keyedGroup, kmsKeyId }, async (input) => {
      await catalogue.putGroup({ ...findKeyedGroup(catalogue, input), kmsKeyId: input.kmsKeyId });
      return undefined;
    }),
    DisassociateKmsKey: operation(keyedGroup, async (input) => {
      await catalogue.putGroup({ ...findKeyedGroup(catalogue, input), kmsKeyId: undefined });
      return undefined;
    }),
    TagResource: operation({ resourceArn: groupArn, tags }, async (input) => {
      const group = catalogue.group(nameInArn(input.resourceArn));
      await catalogue.putGroup({ ...group, tags: { ...group.tags, ...input.tags } });
      return undefined;
    }),
    UntagResource: operation({ resourceArn: groupArn, tagKeys: z.array(z.string()) }, async (input) => {
      const group = catalogue.group(nameInArn(input.resourceArn));
      const kept = Object.entries(group.tags).filter(([key]) => !input.tagKeys.includes(key));
      await catalogue.putGroup({ ...group, tags: Object.fromEntries(kept) });
      return undefined;
    }),
    ListTagsForResource: operation({ resourceArn: groupArn }, async ({ resourceArn }) => ({
      tags: catalogue.group(nameInArn(resourceArn)).tags,
    })),
  };
}

function findKeyedGroup(
  catalogue: LogCatalogue,
  {
    logGroupName: name,
    resourceIdentifier,
  }: {
    logGroupName?: string | undefined;
    resourceIdentifier?: string | undefined;
  },
): GroupRecord {
  const identifier = name ?? resourceIdentifier;
  if (identifier === undefined)
    throw invalidParameter('Either logGroupName or resourceIdentifier is required.');
  return catalogue.group(nameInArn(identifier));
}

function describeGroup(context: PlaceContext, catalogue: LogCatalogue, group: GroupRecord): object {
  const arn = logGroupArn(context, group.name);
  return {
    logGroupName: group.name,
    creationTime: group.creationTime,
    metricFilterCount: 0,
    arn: `${arn}:*`,
    logGroupArn: arn,
    logGroupClass: 'STANDARD',
    storedBytes: catalogue.streams(group.name).reduce((sum, { storedBytes }) => sum + storedBytes, 0),
    retentionInDays: group.retentionInDays,
    kmsKeyId: group.kmsKeyId,
  };
}
