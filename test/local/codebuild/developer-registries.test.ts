import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { writeWheel } from '../../end-to-end/small-wheel.js';
import { buildspec, openTestCodeBuild, type TestCodeBuild } from './test-codebuild.js';

const OWN = {
  npm_config_registry: 'https://npm.example.com/',
  PIP_INDEX_URL: 'https://me:sesame@pypi.example.com/simple',
  PIP_EXTRA_INDEX_URL: 'https://more.example.com/simple https://most.example.com/simple',
};

describe("The developer's own registries", () => {
  let test: TestCodeBuild;
  let before: NodeJS.ProcessEnv;
  beforeAll(async () => {
    test = await openTestCodeBuild();
  });
  afterAll(() => test.dispose());
  beforeEach(() => {
    before = process.env;
    const own = Object.entries(process.env).filter(([name]) => !/^(PIP_|npm_config_registry$)/.test(name));
    process.env = Object.fromEntries(own);
  });
  afterEach(() => {
    process.env = before;
  });

  it("A build uses the developer's registries until it logs in to others, and its log hides their passwords", async () => {
    Object.assign(process.env, OWN);
    const build = await test.run(
      buildspec({
        build: [
          'npm config get registry 2> /dev/null',
          'python3 -m pip config get global.index-url',
          'python3 -m pip config get global.extra-index-url | wc -w',
          'stat -c %a "$HOME/.config/pip/pip.conf"',
          'echo registry=https://other.example.com/ > "$HOME/.npmrc"',
          'npm config get registry 2> /dev/null',
          'echo "${PIP_INDEX_URL-none}"',
        ],
      }),
    );

    expect(await test.lines(build)).toEqual([
      OWN.npm_config_registry,
      'https://me:***@pypi.example.com/simple',
      '2',
      '600',
      'https://other.example.com/',
      'none',
    ]);
  });

  it("A build installs packages from the folder of the developer's PIP_FIND_LINKS only, if the developer's pip.conf has no-index", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'codeseeder pip '));
    const index = path.join(folder, 'index');
    await mkdir(index);
    await writeWheel(index, 'six', '99.0');
    await writeFile(path.join(folder, 'pip.conf'), '[global]\nno-index = true\n');
    Object.assign(process.env, {
      PIP_FIND_LINKS: `file://${index.replaceAll(' ', '%20')}`,
      PIP_EXTRA_INDEX_URL: 'https://me:sesame@127.0.0.1:1/simple',
      PIP_CONFIG_FILE: path.join(folder, 'pip.conf'),
    });
    const build = await test.run(
      buildspec({ build: ['python3 -m pip install --quiet --target . --no-deps six', 'ls six.py'] }),
    );
    await rm(folder, { recursive: true });

    expect(await test.lines(build)).toContain('six.py');
    expect(await test.text(build)).not.toMatch(/sesame|Retrying/);
  });
});
