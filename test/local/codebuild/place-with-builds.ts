/**
 * Program of a local AWS that another user runs. It runs builds at the same time, and prints how they ended.
 * Argument: the inputs of StartBuild as JSON.
 */
import type { StartBuildInput } from '@aws-sdk/client-codebuild';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { openTestCodeBuild } from './test-codebuild.js';

const inputs = JSON.parse(process.argv[2] ?? '[]') as Partial<StartBuildInput>[];
const test = await openTestCodeBuild({ concurrency: inputs.length });
await writeFile(join(test.context.dataFolder, 'identity.json'), 'secret of the place');
const builds = await Promise.all(inputs.map((input) => test.run(input)));
const ended = await Promise.all(
  builds.map(async (build) => ({ status: build.buildStatus, lines: await test.lines(build) })),
);
process.stdout.write(JSON.stringify({ isolation: test.codeBuild.isolation, ended }));
await test.dispose();
