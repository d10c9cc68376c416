import { afterEach, describe, expect, it } from '@jest/globals';

import { aBuild, LANGUAGES, type ABuild, type BuildSettings } from './a-build.js';

const TOKEN = 'eyJ2ZXIiOjF9.the_token-of.the+domain/=';
const HOST = 'https://team-000000000000.d.codeartifact.us-east-1.amazonaws.com';
const WITH_CODE_ARTIFACT = '--codeartifact=team/packages';
const PIP_CONF = '.config/pip/pip.conf';

describe.each(LANGUAGES)('in %s', (language) => {
  let build: ABuild;
  afterEach(() => build.dispose());

  async function aPackageBuild(url = HOST, more: BuildSettings = {}) {
    build = await aBuild(language, { packages: { token: TOKEN, url }, ...more });
    return build;
  }

  describe('a login to CodeArtifact', () => {
    it('A login to CodeArtifact is stored for pip and npm in private files, and its token is never logged', async () => {
      await aPackageBuild();
      const { exitCode, said } = await build.run({}, WITH_CODE_ARTIFACT);
      const pip = await build.ask('python3', '-m', 'pip', 'config', 'get', 'global.index-url');

      expect({ exitCode, said }).toEqual({
        exitCode: 0,
        said: [
          `codeseeder: pip: packages come from ${HOST}/pypi/packages/simple/, by ${build.home}/${PIP_CONF}`,
          `codeseeder: npm: packages come from ${HOST}/npm/packages/, by ${build.home}/.npmrc\n`,
        ].join('\n'),
      });
      expect(pip.said.trim()).toBe(
        `https://aws:${encodeURIComponent(TOKEN)}@${new URL(HOST).host}/pypi/packages/simple/`,
      );
      await expect(build.read('.npmrc')).resolves.toBe(
        `registry=${HOST}/npm/packages/\n//${new URL(HOST).host}/npm/packages/:_authToken=${TOKEN}\n`,
      );
      await expect(Promise.all([PIP_CONF, '.npmrc'].map(build.mode))).resolves.toEqual(['600', '600']);
    });

    it('A login to CodeArtifact skips a kind of packages that has a mirror', async () => {
      await aPackageBuild();
      await build.run({}, WITH_CODE_ARTIFACT, '--npm-mirror=https://mirror.example.com/npm');

      await expect(build.read('.npmrc')).resolves.toBe('registry=https://mirror.example.com/npm/\n');
      await expect(build.read(PIP_CONF)).resolves.toContain('/pypi/packages/simple/');
    });

    it('No login to CodeArtifact is made if both kinds have a mirror', async () => {
      build = await aBuild(language);
      const mirrors = ['--npm-mirror=https://m.example.com/npm', '--pypi-mirror=https://m.example.com/pypi'];

      expect((await build.run({}, WITH_CODE_ARTIFACT, ...mirrors)).exitCode).toBe(0);
    });

    it('A refused login to CodeArtifact ends the build with the reason', async () => {
      build = await aBuild(language);
      const { exitCode, said } = await build.run({}, WITH_CODE_ARTIFACT);

      expect({ exitCode, said }).toEqual({
        exitCode: 1,
        said: "codeseeder: There is no login to CodeArtifact's team/packages: AccessDeniedException: not allowed\n",
      });
      await expect(build.read('.npmrc')).rejects.toThrow('ENOENT');
    });

    it('A login to CodeArtifact uses plain http only for this machine', async () => {
      await aPackageBuild('http://packages.example.com');
      expect(await build.run({}, WITH_CODE_ARTIFACT)).toMatchObject({
        exitCode: 1,
        said: expect.stringContaining('http://packages.example.com is not https'),
      });
      await build.dispose();

      await aPackageBuild('http://127.0.0.1:4566');
      expect((await build.run({}, WITH_CODE_ARTIFACT)).exitCode).toBe(0);
      await expect(build.read('.npmrc')).resolves.toContain(
        `\n//127.0.0.1:4566/npm/packages/:_authToken=${TOKEN}\n`,
      );
    });
  });
});
