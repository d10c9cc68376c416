import type { LogsConfig } from '@aws-sdk/client-codebuild';

import { arnOf, type PlaceContext } from '../place-context.js';
import type { WireBuild } from './build-record.js';

export interface LogLocation {
  readonly groupName: string;
  readonly streamName: string;
  readonly isWritten: boolean;
  /** The location in the form of BatchGetBuilds. */
  readonly described: NonNullable<WireBuild['logs']>;
}

/** Returns the group and stream of a build: the configured ones, or else the project's own group. */
export function logsOf(
  context: PlaceContext,
  config: LogsConfig,
  { id, projectName }: Pick<WireBuild, 'id' | 'projectName'>,
): LogLocation {
  const { status = 'ENABLED', groupName: group, streamName: prefix } = config.cloudWatchLogs ?? {};
  const buildUuid = id.slice(projectName.length + 1);
  const cloudWatchLogs = { ...config.cloudWatchLogs, status };
  const s3Logs = { status: 'DISABLED' as const, encryptionDisabled: false };
  const groupName = group || `/aws/codebuild/${projectName}`;
  const streamName = prefix ? `${prefix}/${buildUuid}` : buildUuid;
  if (status === 'DISABLED') {
    return { groupName, streamName, isWritten: false, described: { cloudWatchLogs, s3Logs } };
  }
  const stream = `log-group:${groupName}:log-stream:${streamName}`;
  const escape = (name: string): string => encodeURIComponent(encodeURIComponent(name)).replaceAll('%', '$');
  return {
    groupName,
    streamName,
    isWritten: true,
    described: {
      groupName,
      streamName,
      deepLink: `https://console.aws.amazon.com/cloudwatch/home?region=${context.region}#logsV2:log-groups/log-group/${escape(groupName)}/log-events/${escape(streamName)}`,
      cloudWatchLogsArn: arnOf(context, 'logs', stream),
      cloudWatchLogs,
      s3Logs,
    },
  };
}
