import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { ProjectArtifacts, StartBuildInput } from '@aws-sdk/client-codebuild';
import { ZipFile } from 'yazl';

import {
  buildspec,
  contextOf,
  openTestCodeBuild,
  phaseStatuses,
  type TestCodeBuild,
} from './test-codebuild.js';

async function zip(entries: Record<string, { text: string; mode?: number }>): Promise<Buffer> {
  const file = new ZipFile();
  for (const [name, { text, mode = 0o100644 }] of Object.entries(entries)) {
    file.addBuffer(Buffer.from(text), name, { mode });
  }
  file.end();
  const chunks: Buffer[] = [];
  for await (const chunk of file.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Replaces the name of a zip's entry by one of the same length that yazl would not write. */
function renamed(archive: Buffer, from: string, to: string): Buffer {
  return Buffer.from(archive.toString('latin1').replaceAll(from, to), 'latin1');
}

let test: TestCodeBuild;
beforeAll(async () => {
  test = await openTestCodeBuild();
});
afterAll(() => test.dispose());

describe('Sources of builds', () => {
  it("A build's zip source is unpacked with its modes, and secondary sources beside it", async () => {
    test.objects.all.set(
      'b/bundles/code.zip',
      await zip({
        'bin/run.sh': { text: '#!/bin/sh\necho ran', mode: 0o100755 },
        'data.txt': { text: 'data' },
      }),
    );
    test.objects.all.set('b/runs/1/input/invocation.json', Buffer.from('{"kind":"node"}'));
    test.objects.all.set('b/runs/1/input/deep/x', Buffer.from('deep'));
    const build = await test.run({
      sourceTypeOverride: 'S3',
      sourceLocationOverride: 'b/bundles/code.zip',
      secondarySourcesOverride: [
        { type: 'S3', location: 'arn:aws:s3:::b/runs/1/input/', sourceIdentifier: 'input' },
      ],
      buildspecOverride: buildspec({
        build: [
          './bin/run.sh',
          'cat "$CODEBUILD_SRC_DIR/data.txt"; echo',
          'cat "$CODEBUILD_SRC_DIR_input/invocation.json" "$CODEBUILD_SRC_DIR_input/deep/x"; echo',
          'echo $CODEBUILD_SOURCE_VERSION; stat -c %a bin/run.sh data.txt',
        ],
      }),
    });
    expect(await test.lines(build)).toEqual([
      'ran',
      'data',
      '{"kind":"node"}deep',
      'arn:aws:s3:::b/bundles/code.zip',
      '755',
      '644',
    ]);
  });

  it('A build reads its buildspec from the source', async () => {
    test.objects.all.set(
      'b/spec/ci.yml',
      Buffer.from('version: 0.2\nphases: {build: {commands: [echo from file]}}'),
    );
    const given = { sourceTypeOverride: 'S3', sourceLocationOverride: 'b/spec/' } as const;
    expect(await test.lines(await test.run({ ...given, buildspecOverride: 'ci.yml' }))).toEqual([
      'from file',
    ]);
    const missing = await test.run({ ...given, buildspecOverride: 'other.yml' });
    expect(contextOf(missing, 'DOWNLOAD_SOURCE')).toMatchObject({ statusCode: 'YAML_FILE_ERROR' });
  });

  it('A build takes the version `null` of its S3 sources, and fails for another one', async () => {
    test.objects.all.set('b/versions/x', Buffer.from('x'));
    const given = {
      sourceTypeOverride: 'S3',
      sourceLocationOverride: 'b/versions/',
      secondarySourcesOverride: [{ type: 'S3', location: 'b/versions/', sourceIdentifier: 'more' }],
      buildspecOverride: buildspec({ build: ['echo $CODEBUILD_SOURCE_VERSION'] }),
    } satisfies Partial<StartBuildInput>;
    const versionOfMore = (sourceVersion: string) => [{ sourceIdentifier: 'more', sourceVersion }];
    const only = await test.run({
      ...given,
      sourceVersion: 'null',
      secondarySourcesVersionOverride: versionOfMore('null'),
    });
    expect(only).toMatchObject({ sourceVersion: 'null', secondarySourceVersions: versionOfMore('null') });
    expect(await test.lines(only)).toEqual(['null']);
    const other = await test.run({ ...given, sourceVersion: 'v1' });
    expect(contextOf(other, 'DOWNLOAD_SOURCE')).toEqual({
      statusCode: 'CLIENT_ERROR',
      message:
        'NoSuchVersion: The specified version does not exist: v1. The local S3 has the version null only. for primary source',
    });
    const more = await test.run({ ...given, secondarySourcesVersionOverride: versionOfMore('v1') });
    expect(contextOf(more, 'DOWNLOAD_SOURCE')).toMatchObject({
      message: expect.stringMatching(/^NoSuchVersion: .* for secondary source more$/),
    });
  });

  it("A missing source fails the build with the service's message", async () => {
    const build = await test.run({ sourceTypeOverride: 'S3', sourceLocationOverride: 'b/no.zip' });
    expect(contextOf(build, 'DOWNLOAD_SOURCE')).toEqual({
      statusCode: 'CLIENT_ERROR',
      message: 'NoSuchKey: The specified key does not exist. for primary source',
    });
    expect(phaseStatuses(build)).not.toHaveProperty('BUILD');
  });

  it('A zip source with entries outside of its folder fails the build', async () => {
    const climbing = renamed(await zip({ 'aa/aa/x': { text: '' } }), 'aa/aa/x', '../../x');
    const link = await zip({ link: { text: '/etc', mode: 0o120777 }, 'fine.txt': { text: '' } });
    for (const archive of [climbing, link, Buffer.from('no zip')]) {
      test.objects.all.set('b/bad.zip', archive);
      const build = await test.run({ sourceTypeOverride: 'S3', sourceLocationOverride: 'b/bad.zip' });
      expect(contextOf(build, 'DOWNLOAD_SOURCE')).toMatchObject({ statusCode: 'CLIENT_ERROR' });
    }
  });
});

describe('Artifacts of builds', () => {
  const artifactsOverride: ProjectArtifacts = {
    type: 'S3',
    location: 'b',
    path: 'runs/7',
    name: 'output',
    namespaceType: 'NONE',
    packaging: 'NONE',
    overrideArtifactName: false,
  };
  const written = (prefix: string): string[] =>
    [...test.objects.all.keys()].filter((key) => key.startsWith(prefix)).sort();

  it('Artifacts have the name of the buildspec, which the shell evaluates, when the request allows it', async () => {
    const build = await test.run({
      artifactsOverride: { ...artifactsOverride, path: 'outputs', overrideArtifactName: true },
      buildspecOverride: buildspec(
        { build: ['echo 1 >a.txt', 'export STAGE=\'"dev"\''] },
        { artifacts: { name: '$CODEBUILD_BUILD_ARN/$STAGE/$(echo x)', files: ['a.txt'] } },
      ),
    });

    expect(build.artifacts?.location).toBe(`arn:aws:s3:::b/outputs/${build.arn}/"dev"/x`);
    expect(written('b/outputs/')).toEqual([`b/outputs/${build.arn}/"dev"/x/a.txt`]);
  });

  it('Artifacts are uploaded after a failed BUILD too, from a folder that a variable names', async () => {
    const build = await test.run({
      artifactsOverride,
      buildspecOverride: buildspec(
        {
          pre_build: [
            'export OUT=$PWD/out; mkdir -p $OUT/deep; echo 1 >$OUT/result.json; echo 2 >$OUT/deep/.two',
          ],
          build: ['exit 1'],
        },
        { artifacts: { 'base-directory': '$OUT', files: ['**/*'] } },
      ),
    });
    expect(build.buildStatus).toBe('FAILED');
    expect(phaseStatuses(build)).toMatchObject({ BUILD: 'FAILED', UPLOAD_ARTIFACTS: 'SUCCEEDED' });
    expect(build.artifacts?.location).toBe('arn:aws:s3:::b/runs/7/output');
    expect(written('b/runs/7/')).toEqual(['b/runs/7/output/deep/.two', 'b/runs/7/output/result.json']);
    expect(test.objects.all.get('b/runs/7/output/result.json')?.toString()).toBe('1\n');
  });

  it('Artifacts are the files that match the patterns', async () => {
    await test.run({
      artifactsOverride: { ...artifactsOverride, path: 'chosen' },
      buildspecOverride: buildspec(
        { build: ['mkdir -p a/b; touch top.txt a/one.txt a/b/two.txt a/b/three.md a/b/skip.txt'] },
        { artifacts: { files: ['*.txt', 'a/**/*.txt', 'a/b/three.md'], 'exclude-paths': '**/skip*' } },
      ),
    });
    expect(written('b/chosen/').map((key) => key.slice('b/chosen/output/'.length))).toEqual([
      'a/b/three.md',
      'a/b/two.txt',
      'a/one.txt',
      'top.txt',
    ]);
  });

  it('`discard-paths` stores all artifacts in one folder', async () => {
    await test.run({
      artifactsOverride: { ...artifactsOverride, path: 'flat' },
      buildspecOverride: buildspec(
        { build: ['mkdir -p a/b; echo 1 >a/same.txt; echo 2 >a/b/same.txt; touch top.txt a/b/two.txt'] },
        { artifacts: { files: ['**/*'], 'discard-paths': 'yes' } },
      ),
    });
    expect(written('b/flat/')).toEqual([
      'b/flat/output/same.txt',
      'b/flat/output/top.txt',
      'b/flat/output/two.txt',
    ]);
    expect(test.objects.all.get('b/flat/output/same.txt')?.toString()).toBe('1\n');
  });

  it('Secondary artifacts are uploaded as the buildspec defines each', async () => {
    const build = await test.run({
      artifactsOverride: { type: 'NO_ARTIFACTS' },
      secondaryArtifactsOverride: [
        { ...artifactsOverride, path: 'second', name: 'docs', artifactIdentifier: 'docs' },
        { ...artifactsOverride, path: 'second', name: 'flat', artifactIdentifier: 'flat' },
      ],
      buildspecOverride: buildspec(
        { build: ['mkdir -p out/deep; touch out/a.md out/deep/b.md out/deep/c.txt'] },
        {
          artifacts: {
            files: ['none'],
            'secondary-artifacts': {
              docs: { files: '**/*.md', 'base-directory': 'out' },
              flat: { files: ['out/**/*'], 'exclude-paths': '**/a.md', 'discard-paths': true },
            },
          },
        },
      ),
    });
    expect(build.buildStatus).toBe('SUCCEEDED');
    expect(build.artifacts).toEqual({ location: '' });
    expect(build.secondaryArtifacts).toMatchObject([
      { artifactIdentifier: 'docs', location: 'arn:aws:s3:::b/second/docs' },
      { artifactIdentifier: 'flat', location: 'arn:aws:s3:::b/second/flat' },
    ]);
    expect(written('b/second/')).toEqual([
      'b/second/docs/a.md',
      'b/second/docs/deep/b.md',
      'b/second/flat/b.md',
      'b/second/flat/c.txt',
    ]);
  });

  it('A secondary artifact without a definition in the buildspec fails the build', async () => {
    const build = await test.run({
      secondaryArtifactsOverride: [{ ...artifactsOverride, artifactIdentifier: 'docs' }],
      buildspecOverride: buildspec({ build: ['true'] }, { artifacts: { files: ['none'] } }),
    });
    expect(contextOf(build, 'UPLOAD_ARTIFACTS')).toEqual({
      statusCode: 'CLIENT_ERROR',
      message:
        'no definition of artifact docs found. Add docs to artifacts/secondary-artifacts of the buildspec',
    });
  });

  it.each([
    [{ files: ['**/*'], 'base-directory': 'nowhere' }, 'no matching base directory path found for nowhere'],
    [{ files: ['*.none'] }, 'no matching artifact paths found'],
  ])('Artifacts %j that match nothing fail the build', async (artifacts, message) => {
    const build = await test.run({
      artifactsOverride,
      buildspecOverride: buildspec({ build: ['true'] }, { artifacts }),
    });
    expect(build.buildStatus).toBe('FAILED');
    expect(contextOf(build, 'UPLOAD_ARTIFACTS')).toEqual({ statusCode: 'CLIENT_ERROR', message });
  });
});
