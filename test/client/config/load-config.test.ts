import { chown, mkdir } from 'node:fs/promises';
import path from 'node:path';

import { afterAll, describe, expect, it } from '@jest/globals';

import { defineConfig } from '../../../client/config/define-config.js';
import { CONFIG_NAMES, findConfig } from '../../../client/config/find-config.js';
import { loadConfig } from '../../../client/config/load-config.js';
import { createProjects } from '../bundle/project.js';

const projects = createProjects();
afterAll(() => projects.removeAll());

/** Makes a repository with these files. */
async function aRepository(files: Readonly<Record<string, string>>) {
  const project = await projects.make();
  await project.write({ '.git/HEAD': 'ref: refs/heads/main\n', ...files });
  return { ...project, folder: project.at('.') };
}

const JSON_CONFIG = 'codeseeder.config.json';

/** Returns the error of loading a JSON config with this content. */
async function refusalOf(content: unknown, environment?: string) {
  const { folder } = await aRepository({ [JSON_CONFIG]: JSON.stringify(content) });
  const error = await loadConfig(folder, environment).then(
    () => undefined,
    (thrown: Error & { code: string }) => thrown,
  );
  expect(error).toMatchObject({ code: 'ConfigInvalid' });
  return error?.message.replaceAll(folder, 'FOLDER');
}

describe('The search for a config', () => {
  it('A config is found in the working folder and in the folders above it, up to the root of the repository', async () => {
    const { at, folder } = await aRepository({ [JSON_CONFIG]: '{}', 'a/b/file': '', 'nested/.git': '' });

    expect(await findConfig(at('a/b'))).toEqual({ file: path.join(folder, JSON_CONFIG), upTo: folder });
    expect(await findConfig(at('nested'))).toEqual({ file: undefined, upTo: at('nested') });
  });

  it('Without a config there is none to load', async () => {
    expect(await loadConfig((await aRepository({})).folder)).toBeUndefined();
  });

  it('Two configs in one folder are refused', async () => {
    const { folder } = await aRepository({ [JSON_CONFIG]: '{}', 'codeseeder.config.ts': '' });

    await expect(findConfig(folder)).rejects.toThrow(
      `${folder} has codeseeder.config.ts and codeseeder.config.json, and only one of them can be used.`,
    );
  });

  it('A folder with the name of a config is refused', async () => {
    const { folder } = await aRepository({ [`${JSON_CONFIG}/a`]: '' });

    await expect(findConfig(folder)).rejects.toThrow(`${JSON_CONFIG} is a folder, not a file. Rename it.`);
  });

  const [itAsRoot, reason] =
    process.getuid?.() === 0 ? [it, ''] : [it.skip, ' (only root can give a file to another user)'];
  itAsRoot(`A config that another user has put above the working folder is not loaded${reason}`, async () => {
    const { at } = await aRepository({ 'codeseeder.config.mjs': 'throw new Error("it ran");', 'own/a': '' });
    await chown(at('codeseeder.config.mjs'), 4242, 4242);

    await expect(loadConfig(at('own'))).rejects.toThrow(/belongs to another user.+was not loaded/);
    await chown(at('own'), 4242, 4242);
    await expect(loadConfig(at('own'))).rejects.toThrow('it ran');
  });
});

describe('Loading a config', () => {
  it.each([
    [
      'codeseeder.config.ts',
      `const config: { seedkit: string } = { seedkit: 'kit' }; export default config;`,
    ],
    ['codeseeder.config.mts', `export default { seedkit: 'kit' as const };`],
    ['codeseeder.config.cts', `export default { seedkit: 'kit' as const };`],
    ['codeseeder.config.js', `module.exports = { seedkit: 'kit' };`],
    ['codeseeder.config.mjs', `export default { seedkit: await Promise.resolve('kit') };`],
    ['codeseeder.config.cjs', `module.exports = { seedkit: 'kit' };`],
    [
      'codeseeder.config.json',
      `{ "$schema": "./node_modules/codeseeder/schemas/codeseeder-config.json", "seedkit": "kit" }`,
    ],
  ])('The config %s is loaded', async (name, content) => {
    const { folder, at } = await aRepository({ [name]: content });

    expect(await loadConfig(folder)).toMatchObject({ file: at(name), seedkit: 'kit' });
  });

  it('Every name of a config has a test', () => {
    expect(CONFIG_NAMES).toHaveLength(7);
  });

  it('A TypeScript config in a project of ES modules may import other modules of the project', async () => {
    const { folder } = await aRepository({
      'package.json': '{"type":"module"}',
      'names.ts': `export const NAME: string = 'shared';`,
      'codeseeder.config.ts': `import { NAME } from './names'; export default { seedkit: NAME };`,
    });

    expect(await loadConfig(folder)).toMatchObject({ seedkit: 'shared' });
  });

  it('Paths of options are relative to the folder of the config', async () => {
    const options = { dirs: { app: '.' }, files: { 'a.txt': 'in/a.txt' }, localModules: { m: './m' } };
    const { folder, at } = await aRepository({ [JSON_CONFIG]: JSON.stringify({ options }) });
    await mkdir(at('below'));

    expect(await loadConfig(at('below'))).toMatchObject({
      options: {
        dirs: { app: folder },
        files: { 'a.txt': at('in/a.txt') },
        localModules: { m: at('m') },
      },
    });
  });

  it('Members of the chosen environment override those of the config, and options are merged', async () => {
    const config = defineConfig({
      seedkit: 'kit',
      region: 'eu-west-1',
      options: { labels: { team: 'a', stage: 'dev' }, build: { image: 'one', preBuildCommands: ['one'] } },
      environments: {
        prod: {
          seedkit: 'prod-kit',
          options: { labels: { stage: 'prod' }, build: { image: 'two', preBuildCommands: ['two'] } },
        },
      },
    });
    const { folder } = await aRepository({ [JSON_CONFIG]: JSON.stringify(config) });

    expect(await loadConfig(folder)).toMatchObject({ seedkit: 'kit', options: config.options });
    expect(await loadConfig(folder, 'prod')).toMatchObject({
      environment: 'prod',
      seedkit: 'prod-kit',
      region: 'eu-west-1',
      options: {
        labels: { team: 'a', stage: 'prod' },
        build: { image: 'two', preBuildCommands: ['one', 'two'] },
      },
    });
  });
});

describe('A config with a mistake', () => {
  it.each<[string, unknown, string]>([
    [
      'a misspelt member',
      { regoin: 'eu-west-1' },
      'FOLDER/codeseeder.config.json is not a valid config: regoin is not known. Did you mean region?',
    ],
    [
      'an unknown member of an environment',
      { environments: { prod: { account: '1' } } },
      'environments.prod.account is not known. Remove it. environments.prod has seedkit, region, profile, local, options.',
    ],
    ['a misspelt option', { options: { enviroment: {} } }, 'Did you mean environment?'],
    [
      'an option of the build in the wrong place',
      { options: { computeTyp: 'x' } },
      'options.computeTyp is not known',
    ],
    [
      'a member in the options',
      { options: { region: 'eu-west-1' } },
      'options.region is not an option. Move it out of options.',
    ],
    ['a wrong type', { seedkit: 4 }, 'seedkit: Invalid input: expected string, received number.'],
    ['a region', { region: 'eu-west' }, 'region: is not an AWS region, such as eu-central-1.'],
    ['the name of an environment', { environments: { 'a b': {} } }, 'environments["a b"]'],
    ['an array', [], 'it contains an array. Write an object, such as { "seedkit": "my-kit" }'],
  ])('A config is refused for %s, with the fix', async (_, content, message) => {
    expect(await refusalOf(content)).toContain(message);
  });

  it('A module without a default export is refused', async () => {
    const { folder } = await aRepository({ 'codeseeder.config.mjs': `export const seedkit = 'kit';` });

    await expect(loadConfig(folder)).rejects.toThrow(/codeseeder.config.mjs .+ nothing as default/);
  });

  it('A text that is not JSON is refused', async () => {
    const { folder } = await aRepository({ [JSON_CONFIG]: '{' });

    await expect(loadConfig(folder)).rejects.toThrow(
      /codeseeder.config.json is not a valid config: it is not JSON/,
    );
  });

  it('An environment that does not exist is refused', async () => {
    const config = { environments: { dev: {}, prod: {} } };

    expect(await refusalOf(config, 'prd')).toBe(
      'FOLDER/codeseeder.config.json has no environment "prd". Its environments are dev, prod.',
    );
    expect(await refusalOf(config, 'constructor')).toContain('has no environment "constructor"');
  });

  it('An environment is refused if there is no config', async () => {
    const { folder } = await aRepository({});

    await expect(loadConfig(folder, 'prod')).rejects.toThrow(
      `There is no codeseeder.config.ts, .js or .json for the environment "prod": none is in ${folder}.`,
    );
  });
});
