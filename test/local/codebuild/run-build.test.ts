import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClassicLevel } from 'classic-level';

import {
  buildspec,
  contextOf,
  openTestCodeBuild,
  phaseStatuses,
  type TestCodeBuild,
} from './test-codebuild.js';

describe('Builds', () => {
  let test: TestCodeBuild;
  beforeAll(async () => {
    test = await openTestCodeBuild();
  });
  afterAll(() => test.dispose());

  it('A build has the phases of the service', async () => {
    const started = await test.start(buildspec({ build: ['echo hello'] }));
    expect(started).toMatchObject({ buildStatus: 'IN_PROGRESS', buildComplete: false, projectName: 'demo' });
    expect(started.id).toMatch(/^demo:[0-9a-f-]{36}$/);
    expect(started.arn).toBe(`arn:aws:codebuild:eu-central-1:123456789012:build/${started.id}`);
    const build = await test.until(started.id);
    expect(build).toMatchObject({ buildStatus: 'SUCCEEDED', buildComplete: true, currentPhase: 'COMPLETED' });
    expect(phaseStatuses(build)).toEqual({
      SUBMITTED: 'SUCCEEDED',
      QUEUED: 'SUCCEEDED',
      PROVISIONING: 'SUCCEEDED',
      DOWNLOAD_SOURCE: 'SUCCEEDED',
      INSTALL: 'SUCCEEDED',
      PRE_BUILD: 'SUCCEEDED',
      BUILD: 'SUCCEEDED',
      POST_BUILD: 'SUCCEEDED',
      UPLOAD_ARTIFACTS: 'SUCCEEDED',
      FINALIZING: 'SUCCEEDED',
      COMPLETED: '',
    });
    expect(build.endTime).toBeGreaterThanOrEqual(build.startTime);
    expect(build.logs).toMatchObject({ groupName: '/aws/codebuild/demo', streamName: started.id.slice(5) });
    expect(await test.lines(build)).toEqual(['hello']);
    const text = await test.text(build);
    expect(text).toMatch(/^\[Container\] \d{4}\/\d\d\/\d\d [\d:.]+ Running command echo hello$/m);
    expect(text).toContain('Phase complete: BUILD State: SUCCEEDED');
  });

  it('Variables, functions and the folder of a build carry over between commands and phases', async () => {
    const build = await test.run(
      buildspec({
        install: ['PLAIN=1', 'export EXPORTED=2', 'greet() { echo "greets $1"; }', 'mkdir deep && cd deep'],
        build: ['echo "$PLAIN $EXPORTED"', 'greet you', 'basename "$PWD"'],
      }),
    );
    expect(await test.lines(build)).toEqual(['1 2', 'greets you', 'deep']);
  });

  it('A build inherits no open file of the local AWS, such as those of its databases', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'codeseeder-inherited-'));
    const database = new ClassicLevel(folder);
    try {
      await database.open();
      const build = await test.run(
        buildspec({
          build: ['for fd in /dev/fd/*; do readlink "$fd" || true; done', 'fd=kept', 'echo "$fd"'],
        }),
      );
      const lines = await test.lines(build);
      expect(lines).toEqual(expect.arrayContaining(['/dev/null', 'kept']));
      expect(lines.filter((line) => line.includes('codeseeder-inherited'))).toEqual([]);
    } finally {
      await database.close();
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('A build keeps environment and folder after a command that ended the shell', async () => {
    const build = await test.run(
      buildspec({
        build: [
          'export KEPT="$(printf "a b\\nc")"; mkdir x; cd x; exit 0',
          'echo "$KEPT $(basename "$PWD")"',
        ],
      }),
    );
    expect(build.buildStatus).toBe('SUCCEEDED');
    expect(await test.lines(build)).toEqual(['a b', 'c x']);
  });

  it.each([
    ['false', 1],
    ['exit 7', 7],
    ['sh -c "kill -9 \\$\\$"', 137],
    ['set -e; false; echo never', 1],
    ['echo "unclosed', 1],
  ])('A failed build names the command %s and its status', async (command, status) => {
    const build = await test.run(buildspec({ build: [command, 'echo never'] }));
    expect(build.buildStatus).toBe('FAILED');
    const found = contextOf(build, 'BUILD');
    expect(found).toMatchObject({ statusCode: 'COMMAND_EXECUTION_ERROR' });
    expect(found).toMatchObject({
      message: expect.stringContaining(`Error while executing command: ${command}. Reason: exit status`),
    });
    if (!command.includes('unclosed'))
      expect(found).toMatchObject({ message: expect.stringMatching(`${status}$`) });
    expect(await test.lines(build)).not.toContain('never');
  });

  it('`finally` and POST_BUILD run after a failed BUILD with CODEBUILD_BUILD_SUCCEEDING=0', async () => {
    const build = await test.run(
      buildspec({
        pre_build: ['echo before $CODEBUILD_BUILD_SUCCEEDING'],
        build: { commands: ['false'], finally: ['echo finally $CODEBUILD_BUILD_SUCCEEDING'] },
        post_build: ['echo after $CODEBUILD_BUILD_SUCCEEDING'],
      }),
    );
    expect(await test.lines(build)).toEqual(['before 1', 'finally 0', 'after 0']);
    expect(phaseStatuses(build)).toMatchObject({ BUILD: 'FAILED', POST_BUILD: 'SUCCEEDED' });
  });

  it.each(['install', 'pre_build'])('A build skips later phases when %s fails', async (phase) => {
    const build = await test.run(buildspec({ [phase]: ['exit 3'], build: ['echo never'] }));
    const statuses = phaseStatuses(build);
    expect(statuses[phase.toUpperCase()]).toBe('FAILED');
    expect(statuses).not.toHaveProperty('BUILD');
    expect(statuses).not.toHaveProperty('UPLOAD_ARTIFACTS');
    expect(statuses).toHaveProperty('FINALIZING', 'SUCCEEDED');
  });

  it('A build follows on-failure', async () => {
    const onward = await test.run(
      buildspec({ install: { commands: ['false'], 'on-failure': 'CONTINUE' }, build: ['echo onward'] }),
    );
    expect(await test.lines(onward)).toEqual(['onward']);
    expect(onward.buildStatus).toBe('FAILED');
    const aborted = await test.run(
      buildspec({ build: { commands: ['false'], 'on-failure': 'ABORT' }, post_build: ['echo never'] }),
    );
    expect(phaseStatuses(aborted)).not.toHaveProperty('POST_BUILD');
  });

  it("A build's environment has its variables and the endpoint, and none of the developer's", async () => {
    process.env.DEVELOPERS_OWN = 'private';
    test.context.setEndpoint('http://127.0.0.1:4242');
    const build = await test.run({
      buildspecOverride: buildspec(
        { build: ['env | sort', 'ls -A "$HOME"', 'echo "src=$CODEBUILD_SRC_DIR pwd=$PWD"'] },
        { env: { variables: { OF_SPEC: 'spec', OF_PROJECT: 'loses', OF_REQUEST: 'loses' } } },
      ),
      environmentVariablesOverride: [{ name: 'OF_REQUEST', value: 'request $HOME', type: 'PLAINTEXT' }],
    });
    delete process.env.DEVELOPERS_OWN;
    const lines = await test.lines(build);
    for (const expected of [
      'OF_SPEC=spec',
      'OF_PROJECT=project',
      'OF_REQUEST=request $HOME',
      `CODEBUILD_BUILD_ID=${build.id}`,
      `CODEBUILD_BUILD_ARN=${build.arn}`,
      `CODEBUILD_BUILD_NUMBER=${build.buildNumber}`,
      `CODEBUILD_LOG_PATH=${build.logs?.streamName}`,
      'CODEBUILD_BUILD_SUCCEEDING=1',
      'AWS_ENDPOINT_URL=http://127.0.0.1:4242',
      'AWS_REGION=eu-central-1',
      `AWS_SECRET_ACCESS_KEY=${test.context.credentials.secretAccessKey}`,
    ]) {
      expect(lines).toContain(expected);
    }
    expect(lines.join('\n')).not.toContain('DEVELOPERS_OWN');
    expect(lines.find((line) => line.startsWith('HOME='))).toContain(test.context.dataFolder);
    expect(lines.at(-1)).toMatch(/src=(\S+) pwd=\1$/);
  });

  it('A build installs global packages into its own home', async () => {
    const build = await test.run(
      buildspec({
        build: ['echo "$(npm prefix -g 2>&1) is $HOME/.npm-global"', 'echo "$PATH"'],
      }),
    );
    const [own, path] = await test.lines(build);
    // npm prints *** instead of a UUID in a path.
    expect(own).toMatch(/^\S+\/codebuild\/work\/\S+\/home\/\.npm-global is /);
    expect(path).toMatch(/^[^:]+\/home\/\.npm-global\/bin:/);
  });

  it("A build does not search PATH's folders of the caller's project and virtual environment", async () => {
    const { PATH = '', VIRTUAL_ENV: virtualEnvironment } = process.env;
    const ofCaller = ['/shop/node_modules/.bin', '/npm/lib/node-gyp-bin', '/shop/.venv/bin'];
    process.env.PATH = [...ofCaller, '/shop/tools', PATH].join(':');
    process.env.VIRTUAL_ENV = '/shop/.venv/';
    try {
      const build = await test.run(buildspec({ build: ['echo "$PATH"'] }));
      const [searched = ''] = await test.lines(build);
      expect(searched.split(':')).toEqual(
        expect.arrayContaining(['/shop/tools', ...PATH.split(':').slice(-1)]),
      );
      expect(searched.split(':').filter((folder) => ofCaller.includes(folder))).toEqual([]);
    } finally {
      process.env.PATH = PATH;
      if (virtualEnvironment === undefined) delete process.env.VIRTUAL_ENV;
      else process.env.VIRTUAL_ENV = virtualEnvironment;
    }
  });

  it('A build accepts keys of a buildspec that have no effect here, and its log says so once', async () => {
    const build = await test.run(
      buildspec(
        { build: { 'run-as': userInfo().username, commands: ['echo ran'] } },
        {
          'run-as': userInfo().username,
          batch: { 'fast-fail': true, 'build-list': [] },
          reports: { group: { files: ['**/*.xml'], 'file-format': 'JUNITXML' } },
          proxy: { 'upload-artifacts': 'no', logs: 'no' },
        },
      ),
    );
    expect(build.buildStatus).toBe('SUCCEEDED');
    expect(await test.lines(build)).toEqual(['ran']);
    const notes = (await test.text(build)).match(/The buildspec's .*/g);
    expect(notes).toEqual([
      "The buildspec's batch has no effect in the local AWS: a build runs alone",
      "The buildspec's proxy has no effect in the local AWS: artifacts and logs stay on this machine",
      "The buildspec's reports has no effect in the local AWS: no test report is made",
    ]);
  });

  it.each([
    ['the buildspec', buildspec({ build: ['true'] }, { 'run-as': 'somebody-else' })],
    ['a phase', buildspec({ build: { 'run-as': 'somebody-else', commands: ['true'] } })],
  ])('A build fails if %s names another user', async (_what, text) => {
    const build = await test.run(text);
    expect(contextOf(build, 'DOWNLOAD_SOURCE')).toMatchObject({
      statusCode: 'YAML_FILE_ERROR',
      message: expect.stringMatching(/^run-as: somebody-else: the local AWS runs builds as /),
    });
  });

  it('A build returns exported variables with their values at the end of the shell', async () => {
    const build = await test.run(
      buildspec(
        {
          install: ['export A=early'],
          build: ['A="late\nvalue"', 'B=plain', 'exit 4'],
          post_build: ['C=post'],
        },
        { env: { 'exported-variables': ['A', 'B', 'C', 'MISSING'], variables: {} } },
      ),
    );
    expect(build.exportedEnvironmentVariables).toEqual([
      { name: 'A', value: 'late\nvalue' },
      { name: 'B', value: '' },
      { name: 'C', value: 'post' },
      { name: 'MISSING', value: '' },
    ]);
  });

  it('A build returns AWS_CODESEEDER_OUTPUT, the result of builds of aws-codeseeder', async () => {
    const build = await test.run(
      buildspec(
        {
          build: [
            `printf '%s\\n' "read -r -d '' AWS_CODESEEDER_OUTPUT <<'EOF'" '{"a": "b"}' EOF 'export AWS_CODESEEDER_OUTPUT' >export.sh`,
            "if [[ -f export.sh ]]; then source export.sh; else echo 'No return value to export'; fi",
          ],
        },
        { env: { shell: 'bash', 'exported-variables': ['AWS_CODESEEDER_OUTPUT'], variables: {} } },
      ),
    );
    expect(build.exportedEnvironmentVariables).toEqual([
      { name: 'AWS_CODESEEDER_OUTPUT', value: '{"a": "b"}' },
    ]);
  });

  it('Commands of a build have no input, write to both outputs by name, and keep the order', async () => {
    const build = await test.run(
      buildspec({
        build: [
          'cat; echo one; echo two >/dev/stderr; echo three >&2; echo four >/dev/stdout',
          'printf half',
          'echo whole',
        ],
      }),
    );
    expect(await test.lines(build)).toEqual(['one', 'two', 'three', 'four', 'half', 'whole']);
  });

  it("A build accepts the machine's runtimes and refuses others", async () => {
    const node = await test.run(
      buildspec({ install: { 'runtime-versions': { nodejs: 24 } }, build: ['node --version'] }),
    );
    expect(await test.lines(node)).toEqual([process.version]);
    expect(await test.text(node)).toContain(`the machine's own, ${process.version}`);
    const java = await test.run(buildspec({ install: { 'runtime-versions': { java: 'corretto21' } } }));
    expect(contextOf(java, 'DOWNLOAD_SOURCE')).toMatchObject({
      statusCode: 'YAML_FILE_ERROR',
      message: expect.stringContaining("Unknown runtime named 'java'"),
    });
  });

  it.each([
    ['version: 0.1\nphases: {}', 'version'],
    ['version: 0.2\nphases: {build: {commands: [{echo: x}]}}', 'phases.build.commands'],
    ['version: 0.2\nphases: {}\ncache: [x]', 'cache'],
    ['version: 0.2\nphases: {}\nrun_as: root', 'run_as'],
    ["version: 0.2\nphases: {}\nartifacts: {files: ['*'], discard-paths: maybe}", 'discard-paths'],
    ["version: 0.2\nphases: {}\nartifacts: {files: ['*'], enable-symlinks: yes}", 'enable-symlinks'],
    ['version: 0.2\nphases: {\n', 'Unable to parse YAML file'],
    ['version: 0.2\nphases: {build: {on-failure: RETRY}}', 'on-failure'],
  ])('The buildspec %j is refused with what is wrong', async (source, named) => {
    const build = await test.run(source);
    expect(build.buildStatus).toBe('FAILED');
    expect(contextOf(build, 'DOWNLOAD_SOURCE')).toMatchObject({
      statusCode: 'YAML_FILE_ERROR',
      message: expect.stringContaining(named),
    });
  });

  it('A build leaves no folder behind, even a read-only one', async () => {
    const build = await test.run(
      buildspec({ build: ['mkdir -p closed/inner; touch closed/inner/x; chmod -R a-w closed'] }),
    );
    expect(build.buildStatus).toBe('SUCCEEDED');
    const work = join(test.context.dataFolder, 'codebuild', 'work');
    expect(await readdir(work)).not.toContain(build.id.slice(5));
  });

  it('A build announces its phases and its end', async () => {
    const build = await test.run(buildspec({ build: ['false'] }));
    const announced = () =>
      test.events
        .filter(({ resources }) => resources?.includes(build.arn))
        .map(({ detailType, detail }) => ({ detailType, ...(JSON.parse(detail) as object) }));
    // The event is sent after the end is recorded.
    while (!JSON.stringify(announced().at(-1)).includes('"build-status":"FAILED"')) await sleep(10);
    const details = announced();
    expect(details[0]).toMatchObject({
      detailType: 'CodeBuild Build State Change',
      'build-status': 'IN_PROGRESS',
    });
    expect(details.at(-1)).toMatchObject({
      detailType: 'CodeBuild Build State Change',
      'build-status': 'FAILED',
      'build-id': build.arn,
      'project-name': 'demo',
    });
    expect(details).toContainEqual(
      expect.objectContaining({
        detailType: 'CodeBuild Build Phase Change',
        'completed-phase': 'BUILD',
        'completed-phase-status': 'FAILED',
        'completed-phase-context': expect.stringContaining('COMMAND_EXECUTION_ERROR: Error while'),
      }),
    );
  });
});
