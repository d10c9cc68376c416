import { afterEach, describe, expect, it } from '@jest/globals';

import { aBuild, LANGUAGES, type ABuild, type BuildSettings } from './a-build.js';

const SECRET = 'team-docker-credentials';
const VARIABLES = { AWS_CODESEEDER_DOCKER_SECRET: SECRET };
const PASSWORD = 'pass "word" $(9)';

describe.each(LANGUAGES)('in %s', (language) => {
  let build: ABuild;
  afterEach(() => build.dispose());

  async function aDockerBuild(entries: unknown, settings: BuildSettings = {}) {
    build = await aBuild(language, { secrets: { [SECRET]: JSON.stringify(entries) }, ...settings });
    return build;
  }

  describe('docker logins', () => {
    it('`docker` logs in to each registry of the secret, with the password on standard input only', async () => {
      await aDockerBuild({
        'docker.io': { username: 'u', password: PASSWORD },
        'r.example.com:5000': { username: '--v', password: 'two' },
      });
      const { exitCode, said } = await build.run(VARIABLES);

      expect({ exitCode, said }).toEqual({
        exitCode: 0,
        said: 'codeseeder: docker: logged in to docker.io\ncodeseeder: docker: logged in to r.example.com:5000\n',
      });
      await expect(build.read('docker-words')).resolves.toBe(
        'login --username=u --password-stdin docker.io\nlogin --username=--v --password-stdin r.example.com:5000\n',
      );
      await expect(build.read('docker-input')).resolves.toBe(`${PASSWORD}\ntwo\n`);
    });

    it('A failed docker login is logged without the password, and does not end the build or other logins', async () => {
      await aDockerBuild({
        'down.example.com': { username: 'u', password: PASSWORD },
        '--config=/tmp': { username: 'u', password: 'p' },
        'half.example.com': { username: 'u' },
        'none.example.com': null,
        'list.example.com': ['u', PASSWORD],
        'up.example.com': { username: 'u', password: 'p' },
      });
      const { exitCode, said } = await build.run(VARIABLES);

      expect(exitCode).toBe(0);
      expect(said).toContain('docker: no login to down.example.com: unauthorized: *** is wrong');
      expect(said).toContain('docker: no login to --config=/tmp: that is not the name of a registry');
      expect(said).toContain('docker: no login to half.example.com: its entry has no password');
      expect(said).toContain('docker: no login to none.example.com: its entry is not a JSON object');
      expect(said).toContain('docker: no login to list.example.com: its entry is not a JSON object');
      expect(said).toContain('docker: logged in to up.example.com');
      expect(said).not.toContain(PASSWORD);
    });

    it('Logins to docker registries use the entries of the key that the variable names', async () => {
      await aDockerBuild({ team: { 'r.example.com': { username: 'u', password: 'p' } } });
      const { said } = await build.run({ AWS_CODESEEDER_DOCKER_SECRET: `${SECRET}::team` });

      expect(said).toBe('codeseeder: docker: logged in to r.example.com\n');
    });

    it.each([
      ['without docker', { r: { username: 'u', password: PASSWORD } }, { hasDocker: false }, /ENOENT/],
      ['of a secret that is not there', {}, { secrets: {} }, /ResourceNotFoundException/],
      ['of a secret that is no JSON', {}, { secrets: { [SECRET]: PASSWORD } }, /is not a JSON object/],
    ])('%s are logged and do not end the build', async (_, entries, settings, reason) => {
      await aDockerBuild(entries, settings);
      const { exitCode, said } = await build.run(VARIABLES);

      expect(exitCode).toBe(0);
      expect(said).toMatch(/docker: no login to/);
      expect(said).toMatch(reason);
      expect(said).not.toContain(PASSWORD);
    });

    it.each(['NONE', ''])('`docker` logs in to no registry if the variable is %j', async (value) => {
      await aDockerBuild({ 'docker.io': { username: 'u', password: 'p' } });

      await expect(build.run({ AWS_CODESEEDER_DOCKER_SECRET: value })).resolves.toEqual({
        exitCode: 0,
        said: '',
      });
    });
  });
});
