import { z } from 'zod';

import type { PlaceContext } from '../place-context.js';
import { type InputOf, operation } from '../wire/operation.js';
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
      (input) =>
        catalogue.createGroup({ name: input.logGroupName, tags: input.tags, kmsKeyId: input.kmsKeyId }),
    ),
    DeleteLogGroup: operation({ logGroupName }, (input) => catalogue.deleteGroup(input.logGroupName)),
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
        const options = { token: input.nextToken, limit: input.limit, invalidToken };
        const { items, nextToken: token } = page(found, ({ name }) => name, options);
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
    PutRetentionPolicy: operation({ logGroupName, retentionInDays: z.literal(RETENTION_DAYS) }, (input) =>
      catalogue.changeGroup(input.logGroupName, () => ({ retentionInDays: input.retentionInDays })),
    ),
    DeleteRetentionPolicy: operation({ logGroupName }, (input) =>
      catalogue.changeGroup(input.logGroupName, () => ({ retentionInDays: undefined })),
    ),
    AssociateKmsKey: operation({ ...keyedGroup, kmsKeyId }, (input) =>
      catalogue.changeGroup(keyedGroupName(input), () => ({ kmsKeyId: input.kmsKeyId })),
    ),
    DisassociateKmsKey: operation(keyedGroup, (input) =>
      catalogue.changeGroup(keyedGroupName(input), () => ({ kmsKeyId: undefined })),
    ),
    TagResource: operation({ resourceArn: groupArn, tags }, (input) =>
      catalogue.changeGroup(nameInArn(input.resourceArn), (group) => ({
        tags: { ...group.tags, ...input.tags },
      })),
    ),
    UntagResource: operation({ resourceArn: groupArn, tagKeys: z.array(z.string()) }, (input) =>
      catalogue.changeGroup(nameInArn(input.resourceArn), (group) => {
        const kept = Object.entries(group.tags).filter(([key]) => !input.tagKeys.includes(key));
        return { tags: Object.fromEntries(kept) };
      }),
    ),
    ListTagsForResource: operation({ resourceArn: groupArn }, async ({ resourceArn }) => ({
      tags: catalogue.group(nameInArn(resourceArn)).tags,
    })),
  };
}

function keyedGroupName({ logGroupName: name, resourceIdentifier }: InputOf<typeof keyedGroup>): string {
  const identifier = name ?? resourceIdentifier;
  if (identifier !== undefined) return nameInArn(identifier);
  throw invalidParameter('Either logGroupName or resourceIdentifier is required.');
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
