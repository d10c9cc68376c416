import type {
  AssociateKmsKeyRequest,
  CreateLogGroupRequest,
  DeleteLogGroupRequest,
  DeleteRetentionPolicyRequest,
  DescribeLogGroupsRequest,
  DisassociateKmsKeyRequest,
  ListTagsForResourceRequest,
  PutRetentionPolicyRequest,
  TagResourceRequest,
  UntagResourceRequest,
} from '@aws-sdk/client-cloudwatch-logs';

import type { PlaceContext } from '../place-context.js';
import type { JsonOperation } from '../wire/json-service.js';
import type { GroupRecord, LogCatalogue } from './log-catalogue.js';
import { logGroupArn, nameInArn } from './log-group-arn.js';
import { pageAfter } from './name-page.js';
import { invalidParameter, knownMembersOnly, pageSize, requiredText } from './request-members.js';

const GROUP_NAME = /^[.\-_/#A-Za-z0-9]{1,512}$/;
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** What CloudWatch Logs does with log groups. */
export function groupOperations(context: PlaceContext, catalogue: LogCatalogue) {
  return {
    async CreateLogGroup(input: CreateLogGroupRequest) {
      knownMembersOnly('CreateLogGroup', input, ['logGroupName', 'kmsKeyId', 'tags', 'logGroupClass']);
      if (input.logGroupClass && input.logGroupClass !== 'STANDARD') {
        throw invalidParameter(`The local place has no log group class ${input.logGroupClass}.`);
      }
      const name = checkedGroupName(requiredText(input, 'logGroupName'));
      const { kmsKeyId, tags } = input;
      await catalogue.createGroup({ name, tags: tags ?? {}, ...(kmsKeyId && { kmsKeyId }) });
      return undefined;
    },
    async DeleteLogGroup(input: DeleteLogGroupRequest) {
      knownMembersOnly('DeleteLogGroup', input, ['logGroupName']);
      await catalogue.deleteGroup(requiredText(input, 'logGroupName'));
      return undefined;
    },
    async DescribeLogGroups(input: DescribeLogGroupsRequest) {
      knownMembersOnly('DescribeLogGroups', input, [
        'logGroupNamePrefix',
        'logGroupNamePattern',
        'nextToken',
        'limit',
      ]);
      const { logGroupNamePrefix = '', logGroupNamePattern = '' } = input;
      const found = catalogue
        .groups()
        .filter(
          ({ name }) =>
            name.startsWith(logGroupNamePrefix) &&
            name.toLowerCase().includes(logGroupNamePattern.toLowerCase()),
        );
      const { page, nextToken } = pageAfter(found, input.nextToken, pageSize(input.limit, 50));
      return { logGroups: page.map((group) => describeGroup(context, catalogue, group)), nextToken };
    },
    async PutRetentionPolicy(input: PutRetentionPolicyRequest) {
      knownMembersOnly('PutRetentionPolicy', input, ['logGroupName', 'retentionInDays']);
      const group = catalogue.group(requiredText(input, 'logGroupName'));
      const { retentionInDays } = input;
      if (retentionInDays === undefined || !RETENTION_DAYS.includes(retentionInDays)) {
        throw invalidParameter(
          `1 validation error detected: Value at 'retentionInDays' failed to satisfy constraint: Member must be one of ${RETENTION_DAYS.join(', ')}`,
        );
      }
      await catalogue.putGroup({ ...group, retentionInDays });
      return undefined;
    },
    async DeleteRetentionPolicy(input: DeleteRetentionPolicyRequest) {
      knownMembersOnly('DeleteRetentionPolicy', input, ['logGroupName']);
      const { retentionInDays: _, ...group } = catalogue.group(requiredText(input, 'logGroupName'));
      await catalogue.putGroup(group);
      return undefined;
    },
    async AssociateKmsKey(input: AssociateKmsKeyRequest) {
      knownMembersOnly('AssociateKmsKey', input, ['logGroupName', 'kmsKeyId', 'resourceIdentifier']);
      const kmsKeyId = requiredText(input, 'kmsKeyId');
      await catalogue.putGroup({ ...keyedGroup(catalogue, input), kmsKeyId });
      return undefined;
    },
    async DisassociateKmsKey(input: DisassociateKmsKeyRequest) {
      knownMembersOnly('DisassociateKmsKey', input, ['logGroupName', 'resourceIdentifier']);
      const { kmsKeyId: _, ...group } = keyedGroup(catalogue, input);
      await catalogue.putGroup(group);
      return undefined;
    },
    async TagResource(input: TagResourceRequest) {
      knownMembersOnly('TagResource', input, ['resourceArn', 'tags']);
      const group = catalogue.group(nameInArn(requiredText(input, 'resourceArn')));
      await catalogue.putGroup({ ...group, tags: { ...group.tags, ...input.tags } });
      return undefined;
    },
    async UntagResource(input: UntagResourceRequest) {
      knownMembersOnly('UntagResource', input, ['resourceArn', 'tagKeys']);
      const group = catalogue.group(nameInArn(requiredText(input, 'resourceArn')));
      const tags = Object.fromEntries(
        Object.entries(group.tags).filter(([key]) => input.tagKeys?.includes(key) !== true),
      );
      await catalogue.putGroup({ ...group, tags });
      return undefined;
    },
    async ListTagsForResource(input: ListTagsForResourceRequest) {
      knownMembersOnly('ListTagsForResource', input, ['resourceArn']);
      return { tags: catalogue.group(nameInArn(requiredText(input, 'resourceArn'))).tags };
    },
  } satisfies Record<string, JsonOperation>;
}

/** @throws AwsError `InvalidParameterException` */
export function checkedGroupName(name: string): string {
  if (GROUP_NAME.test(name)) return name;
  throw invalidParameter(
    `1 validation error detected: Value '${name}' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+`,
  );
}

function keyedGroup(
  catalogue: LogCatalogue,
  input: { logGroupName?: string | undefined; resourceIdentifier?: string | undefined },
): GroupRecord {
  const member = input.logGroupName ? 'logGroupName' : 'resourceIdentifier';
  return catalogue.group(nameInArn(requiredText(input, member)));
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
    ...(group.retentionInDays !== undefined && { retentionInDays: group.retentionInDays }),
    ...(group.kmsKeyId !== undefined && { kmsKeyId: group.kmsKeyId }),
  };
}
