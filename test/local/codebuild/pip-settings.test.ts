import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { passwordsIn, readPipSettings } from '../../../lib/local/codebuild/pip-settings.js';

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(path.join(tmpdir(), 'codeseeder-pip-')));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const at = (name: string) => path.join(folder, name);

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(at(name)), { recursive: true });
    await writeFile(at(name), text);
  }
}

const read = (variables: Readonly<Record<string, string>> = {}) =>
  Object.fromEntries(readPipSettings({ HOME: at('home'), ...variables }, folder));

/**
 * Python program that reads environment variables line by line, and prints the index that pip would use with them.
 * One process is used for all tests, because loading pip takes long.
 */
const PIP = `
import json, os, sys
from pip._internal.commands import create_command
for line in sys.stdin:
    os.environ.clear()
    os.environ.update(json.loads(line))
    print(create_command("install").parse_args(["x"])[0].index_url, flush=True)
`;

let pip: ChildProcessWithoutNullStreams;
let answers: AsyncIterator<string>;
let problems = '';
beforeAll(() => {
  pip = spawn('python3', ['-I', '-c', PIP]);
  pip.stderr.setEncoding('utf8').on('data', (text: string) => (problems += text));
  answers = createInterface({ input: pip.stdout })[Symbol.asyncIterator]();
});
afterAll(async () => {
  pip.stdin.end();
  await once(pip, 'close');
});

/** Returns the index that this machine's pip would use for an installation. */
async function indexOfPip(variables: Readonly<Record<string, string>> = {}): Promise<string> {
  pip.stdin.write(`${JSON.stringify({ PATH: process.env['PATH'], HOME: at('home'), ...variables })}\n`);
  const { value, done } = await answers.next();
  if (done === true || problems !== '') throw new Error(`pip ended: ${problems}`);
  return value;
}

const CONF = (index: string, section = 'global') =>
  `[${section}]\nindex-url = https://${index}.example.com\n`;

describe('The index of the developer’s own pip', () => {
  it.each([
    ['the user’s file', { 'home/.config/pip/pip.conf': CONF('user') }, {}],
    ['the old file of the user', { 'home/.pip/pip.conf': CONF('old') }, {}],
    ['both', { 'home/.pip/pip.conf': CONF('old'), 'home/.config/pip/pip.conf': CONF('user') }, {}],
    ['XDG_CONFIG_HOME', { 'xdg/pip/pip.conf': CONF('xdg') }, { XDG_CONFIG_HOME: 'xdg' }],
    [
      'PIP_CONFIG_FILE, beside the user’s',
      { 'chosen.conf': CONF('chosen'), 'home/.pip/pip.conf': CONF('old', 'install') },
      { PIP_CONFIG_FILE: 'chosen.conf' },
    ],
    [
      'a PIP_CONFIG_FILE that is missing',
      { 'home/.pip/pip.conf': CONF('old') },
      { PIP_CONFIG_FILE: 'missing.conf' },
    ],
    [
      '[install] of a file that counts less',
      { 'home/.pip/pip.conf': CONF('old', 'install'), 'home/.config/pip/pip.conf': CONF('user') },
      {},
    ],
    ['another section', { 'home/.pip/pip.conf': `${CONF('global')}${CONF('x', 'download')}` }, {}],
    ['underscores and a colon', { 'home/.pip/pip.conf': '[global]\nIndex_URL: https://a.example.com\n' }, {}],
    [
      'a comment',
      {
        'home/.pip/pip.conf': `[global]\n# index-url = x\n; index-url = y\n${CONF('z')}`.replace(
          '[global]\nindex',
          'index',
        ),
      },
      {},
    ],
  ])('The index is read as pip reads it from %s', async (_, files, variables) => {
    await write(files);
    const absolute = Object.fromEntries(Object.entries(variables).map(([name, file]) => [name, at(file)]));

    const { 'index-url': index } = read(absolute);
    expect(index).toMatch(/^https:\/\/[a-z]+\.example\.com$/);
    expect(index).toBe(await indexOfPip(absolute));
  });

  it('The index of a variable takes precedence over that of a file', async () => {
    await write({ 'home/.pip/pip.conf': CONF('old', 'install') });
    const variables = { PIP_INDEX_URL: 'https://variable.example.com' };

    expect(read(variables)['index-url']).toBe(await indexOfPip(variables));
  });
});

describe('Other settings of the developer’s own pip', () => {
  it("Lists of pip's settings are read with paths that are valid from another folder", async () => {
    await write({
      'home/.config/pip/pip.conf':
        '[global]\nextra-index-url =\n    https://a.example.com\n    https://b.example.com\ncert = ~/ca.pem\ntimeout = 60\n[install]\nno-index = yes\n',
      'wheels/a.whl': '',
    });

    expect(
      read({ PIP_FIND_LINKS: './wheels https://c.example.com ./nowhere', PIP_TRUSTED_HOST: 'a b' }),
    ).toEqual({
      'extra-index-url': 'https://a.example.com\n    https://b.example.com',
      'find-links': `${at('wheels')}\n    https://c.example.com\n    ./nowhere`,
      'no-index': 'yes',
      'trusted-host': 'a\n    b',
      cert: at('home/ca.pem'),
    });
  });

  it('The settings of pip are empty if nothing is set', async () => {
    expect(read()).toEqual({});
  });

  it('`passwordsIn` returns passwords as written and decoded', () => {
    const settings = new Map([
      ['index-url', 'https://me:pass%2Fword@a.example.com/simple'],
      ['extra-index-url', 'https://token@b.example.com\n    https://c.example.com/@x'],
    ]);

    expect(passwordsIn(settings)).toEqual(['pass%2Fword', 'pass/word', 'token', 'token']);
  });
});
