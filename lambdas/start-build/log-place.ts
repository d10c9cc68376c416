import type { Build } from '@aws-sdk/client-codebuild';

/**
 * Where a build's log is. CodeBuild's answer to StartBuild may not name it yet; the names it will have are fixed:
 * the group by the project, the stream by the build's own part of its id.
 */
export function logPlaceOf(
  { logs, projectName }: Build,
  buildId: string,
): { logGroup: string; logStream: string } {
  const [projectOfId = '', uniquePart = ''] = buildId.split(':');
  const configured = logs?.cloudWatchLogs;
  const prefix = configured?.streamName === undefined ? '' : `${configured.streamName}/`;
  return {
    logGroup: logs?.groupName ?? configured?.groupName ?? `/aws/codebuild/${projectName ?? projectOfId}`,
    logStream: logs?.streamName ?? `${prefix}${uniquePart}`,
  };
}
