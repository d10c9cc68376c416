import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { buildspec, openTestCodeBuild, type TestCodeBuild } from './test-codebuild.js';

const OWN = {
  npm_config_registry: 'https://npm.example.com/',
  PIP_INDEX_URL: 'https://me:sesame@pypi.example.com/simple',
  PIP_EXTRA_INDEX_URL: 'https://more.example.com/simple https://most.example.com/simple',
};

describe("The developer's own registries", () => {
  const before = { ...process.env };
  let test: TestCodeBuild;
  beforeAll(async () => {
    test = await openTestCodeBuild();
    Object.assign(process.env, OWN);
  });
  afterAll(async () => {
    for (const name of Object.keys(OWN)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
    await test.dispose();
  });

  it("A build uses the developer's registries until it logs in to others, and its log hides their passwords", async () => {
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
});
