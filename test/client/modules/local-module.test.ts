import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { readLocalModules } from '../../../client/modules/local-module.js';
import { normalizedPythonName } from '../../../client/modules/python-package.js';
import { fakeTools, type FakeTools } from './fake-tools.js';

let tools: FakeTools;
beforeEach(async () => {
  tools = await fakeTools();
});
afterEach(() => tools.dispose());

const packageJson = (fields: object) => ({ 'package.json': JSON.stringify(fields) });

describe('readLocalModules', () => {
  it.each([
    ['of npm', packageJson({ name: 'kit', version: '1.0.0-rc.1' }), 'npm'],
    ['of Python', { 'pyproject.toml': '' }, 'python'],
    ['of Python, of the older kind', { 'setup.py': '' }, 'python'],
    [
      'of Python whose tools are npm’s',
      { 'setup.py': '', ...packageJson({ name: 'kit', private: true }) },
      'python',
    ],
    ['of Python beside another of npm', { 'pyproject.toml': '', ...packageJson({ name: 'docs' }) }, 'python'],
    ['of both', { 'pyproject.toml': '', ...packageJson({ name: 'kit', version: '1.0.0' }) }, 'npm'],
  ])('`readLocalModules` recognizes %s by its files', async (_, files, kind) => {
    const directory = await tools.package('kit', files);

    await expect(readLocalModules([`kit:${directory}`])).resolves.toEqual([{ name: 'kit', kind, directory }]);
  });

  it.each([
    ['is empty', {}, /is empty/],
    ['has no package', { 'index.js': '' }, /neither package\.json nor pyproject\.toml nor setup\.py/],
    ['has another package', packageJson({ name: 'other', version: '1.0.0' }), /"other", not "kit"/],
    ['has a package without version', packageJson({ name: 'kit' }), /has the version undefined/],
    ['has a private package', packageJson({ name: 'kit', version: '1.0.0', private: true }), /private/],
    ['has no JSON for its package', { 'package.json': '{' }, /cannot be read: SyntaxError/],
    ['has a list for its package', { 'package.json': '[]' }, /is not valid/],
  ])('`readLocalModules` refuses a folder that %s', async (_, files, message) => {
    const directory = await tools.package('kit', files);

    await expect(readLocalModules({ kit: directory })).rejects.toMatchObject({
      code: 'InvalidRequest',
      message: expect.stringMatching(message),
    });
  });

  it.each([
    [['kit'], /"kit" is not package:folder/],
    [[':./kit'], /is not package:folder/],
    [['kit:'], /is not package:folder/],
    [[], /no package to publish/],
    [{ '': './kit' }, /has no package name/],
    [['kit:/does/not/exist'], /\/does\/not\/exist of kit cannot be read: .*ENOENT/],
  ])('`readLocalModules` refuses %j', async (modules, message) => {
    await expect(readLocalModules(modules)).rejects.toMatchObject({
      code: 'InvalidRequest',
      message: expect.stringMatching(message),
    });
  });

  it('`readLocalModules` refuses a package that is given twice', async () => {
    const directory = await tools.package('kit', { 'setup.py': '' });

    await expect(readLocalModules([`kit:${directory}`, `kit:${directory}`])).rejects.toThrow(/given twice/);
  });
});

describe('normalizedPythonName', () => {
  it.each(['greeting-tool', 'Greeting_Tool', 'greeting..tool', 'GREETING-_tool'])(
    '`normalizedPythonName` returns the same name for the spelling %s',
    (name) => {
      expect(normalizedPythonName(name)).toBe('greeting-tool');
    },
  );
});
