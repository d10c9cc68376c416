import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

import { renderBuildspec } from '../../../lambdas/prepare-run/buildspec.js';
import type { BuildOptions, Invocation } from '../../../lib/contract/index.js';

const node: Invocation = { kind: 'node', target: { module: 'm', exportName: 'f' }, args: [] };
const commands = (...target: string[]): Invocation => ({ kind: 'commands', target });
const RUNNER = 'node --enable-source-maps "$CODEBUILD_SRC_DIR/.codeseeder/runner.mjs"';

function render(build: BuildOptions, invocation: Invocation = node) {
  return parse(renderBuildspec(build, invocation));
}

describe('the buildspec of a run', () => {
  it('The buildspec runs the target in the build phase between the commands before and after it', () => {
    const { phases } = render({ preExecutionCommands: ['before'], buildCommands: ['after'] });

    expect(phases.build.commands.slice(-3)).toEqual(['before', RUNNER, 'after']);
  });

  it('The buildspec of a run of commands runs these commands', () => {
    const { phases } = render({}, commands('npm ci', 'npm test\necho done'));

    expect(phases.build.commands.slice(-2)).toEqual(['npm ci', 'npm test\necho done']);
  });

  it('The buildspec installs the packages, each quoted, and then runs the install commands', () => {
    const { phases } = render({
      packages: { 'aws-cdk': '^2', '@scope/tool': '1.2.3 || >=2' },
      installCommands: ['make tools'],
    });

    expect(phases.install.commands.slice(-3, -1)).toEqual([
      "npm install -g -- 'aws-cdk@^2' '@scope/tool@1.2.3 || >=2' # codeseeder",
      'make tools',
    ]);
  });

  it('The buildspec installs nothing that was not requested', () => {
    expect(JSON.stringify(render({}).phases.install)).not.toContain('npm');
    expect(render({}).phases.install).not.toHaveProperty('runtime-versions');
  });

  it('The buildspec names the runtime versions', () => {
    const { phases } = render({ runtimeVersions: { nodejs: '24' } });

    expect(phases.install['runtime-versions']).toEqual({ nodejs: '24' });
  });

  it('The buildspec gives pre_build and post_build their commands', () => {
    const { phases } = render({ preBuildCommands: ['lint'], postBuildCommands: ['clean'] });

    expect(phases.pre_build.commands.at(-1)).toBe('lint');
    expect(phases.post_build.commands.at(-1)).toBe('clean');
  });

  it('The buildspec pauses before the target if the debug session asks for it', () => {
    const { phases } = render({ debugSession: 'before-target', preExecutionCommands: ['before'] });

    expect(phases.build.commands.slice(-3)).toEqual(['codebuild-breakpoint', 'before', RUNNER]);
    expect(JSON.stringify(render({ debugSession: true }))).not.toContain('codebuild-breakpoint');
  });

  it('The buildspec pauses after a failed build phase, before all other commands of post_build', () => {
    const pause = '[ "$CODEBUILD_BUILD_SUCCEEDING" = 1 ] || codebuild-breakpoint || true';
    const build = { debugSession: 'on-failure' } as const;
    const plain = render({ postBuildCommands: ['clean'] }).phases.post_build;

    expect(render(build, commands('true')).phases.post_build.commands).toEqual([pause]);
    expect(render({ ...build, postBuildCommands: ['clean'] }).phases.post_build).toEqual({
      ...plain,
      commands: [pause, ...plain.commands],
    });
  });

  it('The buildspec marks the commands of codeseeder, and neither those of the user nor the target', () => {
    const users = {
      installCommands: ['a'],
      preBuildCommands: ['b'],
      preExecutionCommands: ['c'],
      buildCommands: ['d'],
      postBuildCommands: ['e'],
    };
    const others: BuildOptions = {
      packages: { left: '1' },
      pipxModules: ['black'],
      workingDirectory: 'app',
      exportedVariables: ['OUT'],
      environment: { TOKEN: { type: 'SECRETS_MANAGER', value: 'token' } },
    };
    const { phases } = render({ ...users, ...others });
    const all = Object.values<{ commands: string[]; finally?: string[] }>(phases).flatMap((phase) => [
      ...phase.commands,
      ...(phase.finally ?? []),
    ]);
    const unmarked = all.filter((command) => !/ # codeseeder$/m.test(command));

    expect(all.length).toBeGreaterThan(15);
    expect(unmarked).toEqual(['a', 'b', 'c', expect.stringContaining(RUNNER), 'd', 'e']);
  });

  it('The buildspec leaves out phases without commands', () => {
    expect(Object.keys(render({}, commands('true')).phases)).toEqual(['install', 'build']);
  });

  it('The buildspec reports an image without node after the install commands', () => {
    const { phases } = render({ installCommands: ['install node'] });

    expect(phases.install.commands.at(-1)).toMatch(/^command -v node .*the image has no node/);
    expect(JSON.stringify(render({}, commands('true')).phases)).not.toContain('command -v node');
  });

  it.each<[BuildOptions]>([
    [{ computeType: 'BUILD_LAMBDA_1GB' }],
    [{ fleet: 'arn:aws:codebuild:eu-central-1:123456789012:fleet/team' }],
  ])('The buildspec for %j has no on-failure, which its compute does not accept', (build) => {
    expect(renderBuildspec({ ...build, preBuildCommands: ['lint'] }, node)).not.toContain('on-failure');
  });

  it.each([
    [{}, 'ABORT'],
    [{ abortPhasesOnFailure: true }, 'ABORT'],
    [{ abortPhasesOnFailure: false }, 'CONTINUE'],
  ])('The buildspec for %j sets on-failure of install and pre_build to %s', (build, expected) => {
    const { phases } = render({ ...build, preBuildCommands: ['lint'] });

    expect(phases.install['on-failure']).toBe(expected);
    expect(phases.pre_build['on-failure']).toBe(expected);
  });

  it('The buildspec sets no on-failure in build and post_build, so that a failed target stays failed and its result is uploaded', () => {
    const { phases } = render({ abortPhasesOnFailure: false, postBuildCommands: ['clean'] });

    expect(phases.build).not.toHaveProperty('on-failure');
    expect(phases.post_build).not.toHaveProperty('on-failure');
  });

  it('The buildspec exports each variable once', () => {
    expect(render({ exportedVariables: ['A', 'B', 'A'] }, commands('true')).env).toEqual({
      shell: 'bash',
      'exported-variables': ['A', 'B'],
    });
    expect(render({}, commands('true')).env).toEqual({ shell: 'bash' });
  });

  it('The buildspec uploads the output folder, whose name no glob skips', () => {
    expect(render({}).artifacts).toEqual({
      name: '$CODEBUILD_BUILD_ARN',
      'base-directory': 'codeseeder-output',
      files: ['**/*'],
    });
  });

  it.each([{}, { postBuildCommands: ['false'] }])(
    'The buildspec of a function with %j exports the digest of its result last, whatever fails before',
    (build) => {
      const { phases, env } = render(build);
      const { commands: last, finally: after = last } = phases.post_build;

      expect(env['exported-variables']).toEqual(['CODESEEDER_RESULT']);
      expect(after.at(-1)).toMatch(/^export CODESEEDER_RESULT=/);
    },
  );

  it('The buildspec prepares the output folder in every phase', () => {
    const { phases } = render({ preBuildCommands: ['lint'], postBuildCommands: ['clean'] });

    for (const phase of ['install', 'pre_build', 'build', 'post_build']) {
      expect(phases[phase].commands[0]).toContain('mkdir -p "$CODESEEDER_OUTPUT_DIR"');
    }
  });

  it('The buildspec gives only a function the path of its invocation', () => {
    expect(renderBuildspec({}, node)).toContain('CODESEEDER_INVOCATION_FILE');
    expect(renderBuildspec({}, commands('ls'))).not.toContain('CODESEEDER_INVOCATION_FILE');
  });

  it.each([
    'echo "a: b" # c',
    '- not a list',
    '!!js/function "x"',
    "it's {{ }} %s \\n \t",
    'line\nbreak\r\nand \u0085 \u2028 \u2029 \ufeff \u007f',
    'emoji 😀',
    '*alias &anchor',
  ])('The buildspec gives CodeBuild the command %j as it was written', (command) => {
    expect(render({}, commands(command)).phases.build.commands.at(-1)).toBe(command);
    expect(renderBuildspec({}, commands(command))).not.toMatch(/[\u007f-\u009f\u2028\u2029\ufeff]/);
  });

  it('A buildspec that is too large is refused with its size', () => {
    expect(() => renderBuildspec({}, commands('x'.repeat(70_000)))).toThrow(/7\d{4} bytes, at most 65536/);
  });
});
