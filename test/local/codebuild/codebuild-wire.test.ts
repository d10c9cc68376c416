import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  paginateFilterLogEvents,
  GetLogEventsCommand,
  ResourceNotFoundException as LogsNotFound,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  AccountLimitExceededException,
  BatchGetBuildsCommand,
  CodeBuildClient,
  InvalidInputException,
  ListBuildsForProjectCommand,
  StartBuildCommand,
  StopBuildCommand,
  type Build,
} from '@aws-sdk/client-codebuild';

import { startServer } from '../../../lib/local/server/start-server.js';
import { buildspec, openTestCodeBuild, type TestCodeBuild } from './test-codebuild.js';

describe('The CodeBuild and CloudWatch Logs clients', () => {
  let test: TestCodeBuild;
  let server: Awaited<ReturnType<typeof startServer>>;
  let codebuild: CodeBuildClient;
  let logs: CloudWatchLogsClient;

  beforeAll(async () => {
    test = await openTestCodeBuild({ concurrency: 1, queueLimit: 1 });
    const { context, codeBuild, logs: logService } = test;
    server = await startServer({ context, services: [codeBuild.service, logService.service], port: 0 });
    const { region, credentials } = context;
    const endpoint = `http://127.0.0.1:${server.port}`;
    context.setEndpoint(endpoint);
    codebuild = new CodeBuildClient({ region, credentials, endpoint, maxAttempts: 1 });
    logs = new CloudWatchLogsClient({ region, credentials, endpoint, maxAttempts: 1 });
  });
  afterAll(async () => {
    codebuild.destroy();
    logs.destroy();
    await server.close();
    await test.dispose();
  });

  async function ended(id = ''): Promise<Build> {
    for (;;) {
      const { builds } = await codebuild.send(new BatchGetBuildsCommand({ ids: [id] }));
      if (builds?.[0]?.buildComplete === true) return builds[0];
      await new Promise((wait) => setTimeout(wait, 20));
    }
  }

  it('The clients start a build, follow it and read its log', async () => {
    const { build: started } = await codebuild.send(
      new StartBuildCommand({
        projectName: 'demo',
        buildspecOverride: buildspec({ build: ['for i in 1 2 3; do echo "line $i"; done'] }),
      }),
    );
    expect(started?.startTime).toBeInstanceOf(Date);
    const build = await ended(started?.id);
    expect(build.buildStatus).toBe('SUCCEEDED');
    expect(build.endTime?.getTime()).toBeGreaterThanOrEqual(build.startTime?.getTime() ?? Infinity);
    expect(build.phases?.every(({ startTime }) => startTime instanceof Date)).toBe(true);
    const place = { logGroupName: build.logs?.groupName, logStreamName: build.logs?.streamName };
    const { events } = await logs.send(new GetLogEventsCommand({ ...place, startFromHead: true }));
    expect(events?.map(({ message }) => message).filter((message) => message?.startsWith('line'))).toEqual([
      'line 1\n',
      'line 2\n',
      'line 3\n',
    ]);
    const found: (string | undefined)[] = [];
    const query = { logGroupName: place.logGroupName, filterPattern: 'line', limit: 2 };
    for await (const page of paginateFilterLogEvents({ client: logs }, query)) {
      found.push(...(page.events ?? []).map(({ message }) => message));
    }
    expect(found.filter((message) => message?.startsWith('line'))).toHaveLength(3);
    const { logStreams } = await logs.send(
      new DescribeLogStreamsCommand({ logGroupName: place.logGroupName }),
    );
    expect(logStreams?.map(({ logStreamName }) => logStreamName)).toContain(place.logStreamName);
    const { ids } = await codebuild.send(new ListBuildsForProjectCommand({ projectName: 'demo' }));
    expect(ids?.[0]).toBe(build.id);
  });

  it("The clients receive the service's exceptions", async () => {
    const sleeping = new StartBuildCommand({
      projectName: 'demo',
      buildspecOverride: buildspec({ build: ['sleep 300'] }),
    });
    const running = await codebuild.send(sleeping);
    const waiting = await codebuild.send(sleeping);
    await expect(codebuild.send(sleeping)).rejects.toBeInstanceOf(AccountLimitExceededException);
    for (const { build } of [waiting, running]) {
      const answer = await codebuild.send(new StopBuildCommand({ id: build?.id }));
      expect(answer.build).toMatchObject({ buildStatus: 'STOPPED', buildComplete: true });
    }
    const github = new StartBuildCommand({ projectName: 'demo', sourceTypeOverride: 'GITHUB' });
    await expect(codebuild.send(github)).rejects.toBeInstanceOf(InvalidInputException);
    const missing = new FilterLogEventsCommand({ logGroupName: 'missing' });
    await expect(logs.send(missing)).rejects.toBeInstanceOf(LogsNotFound);
    await logs.send(new CreateLogGroupCommand({ logGroupName: 'made' }));
    await expect(logs.send(new CreateLogGroupCommand({ logGroupName: 'made' }))).rejects.toMatchObject({
      name: 'ResourceAlreadyExistsException',
    });
  });
});
