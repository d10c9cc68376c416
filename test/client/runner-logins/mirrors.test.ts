import { afterEach, describe, expect, it } from '@jest/globals';

import { aBuild, LANGUAGES, type ABuild } from './a-build.js';

const SECRET = 'team-mirror-credentials';
const PASSWORD = 'p@ss/w:rd?#%';
const TOKEN = 'npm_AbC123==';
const PYPI_URL = 'https://mirror.example.com/pypi/simple';
const NPM_URL = 'https://mirror.example.com/npm';
const WITH_PYPI = `--pypi-mirror=${PYPI_URL}`;
const WITH_NPM = `--npm-mirror=${NPM_URL}`;
const PIP_CONF = '.config/pip/pip.conf';

describe.each(LANGUAGES)('in %s', (language) => {
  let build: ABuild;
  afterEach(() => build.dispose());

  async function withSecret(entries: unknown) {
    build = await aBuild(language, { secrets: { [SECRET]: JSON.stringify(entries) } });
    return build;
  }

  const BOTH = { pypi: { username: 'u', password: PASSWORD }, npm: { ssl_token: TOKEN } };

  describe('the mirror of PyPI', () => {
    const variables = { AWS_CODESEEDER_PYPI_MIRROR_SECRET: SECRET };

    it('The mirror of PyPI is stored for pip in a private file, and its password is never logged', async () => {
      await withSecret(BOTH);
      const { exitCode, said } = await build.run(variables, WITH_PYPI);
      const pip = await build.ask('python3', '-m', 'pip', 'config', 'get', 'global.index-url');

      expect(exitCode).toBe(0);
      expect(said).toBe(`codeseeder: pip: packages come from ${PYPI_URL}, by ${build.home}/${PIP_CONF}\n`);
      expect(pip.said.trim()).toBe(
        `https://u:${encodeURIComponent(PASSWORD)}@mirror.example.com/pypi/simple`,
      );
      await expect(build.mode(PIP_CONF)).resolves.toBe('600');
    });

    it('The mirror of PyPI keeps the rest of the configuration', async () => {
      await withSecret(BOTH);
      await build.write(
        PIP_CONF,
        '[install]\nindex-url = x\n[global]\ntimeout = 60\nindex-url = https://old/\n',
      );
      await build.run({}, WITH_PYPI);

      await expect(build.read(PIP_CONF)).resolves.toBe(
        `[install]\nindex-url = x\n[global]\nindex-url = ${PYPI_URL}\ntimeout = 60\n`,
      );
      await expect(build.mode(PIP_CONF)).resolves.toBe('600');
    });

    it('The URL of the run takes precedence over that of the secret', async () => {
      await withSecret({ pypi: { ...BOTH.pypi, url: 'https://other.example.com/simple' } });

      expect((await build.run(variables)).said).toContain('from https://other.example.com/simple,');
      expect((await build.run(variables, WITH_PYPI)).said).toContain(`from ${PYPI_URL},`);
    });

    it.each(['http://mirror.example.com/simple', 'ftp://mirror.example.com', 'mirror'])(
      'The mirror of PyPI is refused when its URL is not https: %s',
      async (url) => {
        await withSecret({ pypi: { ...BOTH.pypi, url } });
        const { exitCode, said } = await build.run(variables);

        expect({ exitCode, said }).toEqual({
          exitCode: 1,
          said: 'codeseeder: The URL of a mirror must start with https://\n',
        });
        await expect(build.read(PIP_CONF)).rejects.toThrow('ENOENT');
      },
    );

    it('A mirror of PyPI without a password ends the build and names the missing member', async () => {
      await withSecret({ pypi: { username: 'u' } });
      const { exitCode, said } = await build.run(variables, WITH_PYPI);

      expect(exitCode).toBe(1);
      expect(said).toContain(`The entry "pypi" of the secret ${SECRET} has no password`);
    });
  });

  describe('the mirror of npm', () => {
    const variables = { AWS_CODESEEDER_NPM_MIRROR_SECRET: SECRET };

    it('The mirror of npm is stored with its token in a private file', async () => {
      await withSecret(BOTH);
      await build.write('.npmrc', 'fund=false\nregistry=https://old/\n//mirror.example.com/npm/:_auth=old\n');
      const { exitCode, said } = await build.run(variables, WITH_NPM);
      const npm = await build.ask('npm', 'config', 'get', 'registry');

      expect({ exitCode, said }).toEqual({
        exitCode: 0,
        said: `codeseeder: npm: packages come from ${NPM_URL}, by ${build.home}/.npmrc\n`,
      });
      expect(npm.said).toContain(`${NPM_URL}/`);
      await expect(build.read('.npmrc')).resolves.toBe(
        `fund=false\nregistry=${NPM_URL}/\n//mirror.example.com/npm/:_authToken=${TOKEN}\n`,
      );
      await expect(build.mode('.npmrc')).resolves.toBe('600');
    });

    it('The mirror of npm uses username and password if there is no token', async () => {
      await withSecret({ npm: BOTH.pypi });
      await build.run(variables, WITH_NPM);

      await expect(build.read('.npmrc')).resolves.toContain(
        `//mirror.example.com/npm/:_auth=${Buffer.from(`u:${PASSWORD}`).toString('base64')}\n`,
      );
    });

    it.each([
      ['nothing', {}, 'has no username and no password, nor an ssl_token'],
      ['a token that is null', { ssl_token: null }, 'nor an ssl_token'],
      ['a token that npm would read otherwise', { ssl_token: '${HOME}' }, 'cannot hold'],
    ])('Credentials of npm with %s end the build and write nothing', async (_, npm, message) => {
      await withSecret({ npm });
      const { exitCode, said } = await build.run(variables, WITH_NPM);

      expect(exitCode).toBe(1);
      expect(said).toContain(message);
      expect(said).not.toMatch(/None|undefined|null/);
      await expect(build.read('.npmrc')).rejects.toThrow('ENOENT');
    });
  });

  describe('the secret of a mirror', () => {
    it.each([undefined, '', 'NONE'])(
      'The mirrors of PyPI and npm use the secret of both when the variable of their own secret is %j',
      async (own) => {
        await withSecret(BOTH);
        const { exitCode } = await build.run(
          {
            AWS_CODESEEDER_MIRROR_SECRET: SECRET,
            ...(own === undefined
              ? {}
              : { AWS_CODESEEDER_PYPI_MIRROR_SECRET: own, AWS_CODESEEDER_NPM_MIRROR_SECRET: own }),
          },
          WITH_PYPI,
          WITH_NPM,
        );

        expect(exitCode).toBe(0);
        await expect(build.read(PIP_CONF)).resolves.toContain(`u:${encodeURIComponent(PASSWORD)}@`);
        await expect(build.read('.npmrc')).resolves.toContain(`_authToken=${TOKEN}`);
      },
    );

    it('The secret of one kind of packages takes precedence over that of both', async () => {
      const secrets = { own: 'right', both: 'wrong' };
      build = await aBuild(language, {
        secrets: Object.fromEntries(
          Object.entries(secrets).map(([name, ssl_token]) => [name, JSON.stringify({ npm: { ssl_token } })]),
        ),
      });
      await build.run(
        { AWS_CODESEEDER_NPM_MIRROR_SECRET: 'own', AWS_CODESEEDER_MIRROR_SECRET: 'both' },
        WITH_NPM,
      );

      await expect(build.read('.npmrc')).resolves.toContain('_authToken=right');
    });

    it('The credentials of a mirror are those of the key that the variable names', async () => {
      await withSecret({ 'npm-prod': { ssl_token: 'prod' }, npm: { ssl_token: 'dev' } });
      await build.run({ AWS_CODESEEDER_NPM_MIRROR_SECRET: `${SECRET}::npm-prod` }, WITH_NPM);

      await expect(build.read('.npmrc')).resolves.toContain('_authToken=prod');
    });

    it.each([
      ['is not there', {}, /missing-mirror-credentials cannot be read: ResourceNotFoundException/],
      ['has no entry for the mirror', { 'missing-mirror-credentials': '{"pypi":{}}' }, /has no entry "npm"/],
      ['is not JSON', { 'missing-mirror-credentials': TOKEN }, /is not a JSON object/],
    ])('A secret of a mirror that %s ends the build', async (_, secrets, message) => {
      build = await aBuild(language, { secrets: secrets });
      const { exitCode, said } = await build.run(
        { AWS_CODESEEDER_NPM_MIRROR_SECRET: 'missing-mirror-credentials' },
        WITH_NPM,
      );

      expect(exitCode).toBe(1);
      expect(said).toMatch(message);
      expect(said).not.toContain(TOKEN);
    });

    it.each([
      ['with the credentials of the build’s container', { asksContainer: true }],
      ['although Secrets Manager is busy at first', { busyAnswers: 2 }],
    ])('The secret of a mirror is read %s', async (_, settings) => {
      build = await aBuild(language, { secrets: { [SECRET]: JSON.stringify(BOTH) }, ...settings });
      const { said } = await build.run({ AWS_CODESEEDER_NPM_MIRROR_SECRET: SECRET }, WITH_NPM);

      expect(said).toBe(`codeseeder: npm: packages come from ${NPM_URL}, by ${build.home}/.npmrc\n`);
      await expect(build.read('.npmrc')).resolves.toContain(`_authToken=${TOKEN}`);
    });

    it('No configuration is changed if no mirror is named', async () => {
      await withSecret(BOTH);

      await expect(build.run({ AWS_CODESEEDER_MIRROR_SECRET: SECRET })).resolves.toEqual({
        exitCode: 0,
        said: '',
      });
      await expect(build.read('.npmrc')).rejects.toThrow('ENOENT');
    });

    it('A mirror without credentials needs no secret', async () => {
      build = await aBuild(language);
      const { exitCode } = await build.run({}, WITH_PYPI, WITH_NPM);

      expect(exitCode).toBe(0);
      await expect(build.read('.npmrc')).resolves.toBe(`registry=${NPM_URL}/\n`);
    });
  });
});
