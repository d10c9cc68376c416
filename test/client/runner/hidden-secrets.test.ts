import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { BUILD_VARIABLES } from '../../../lib/contract/index.js';
import { unpackPythonBundle, type PythonBundle } from '../runner-python/run-python.js';
import { ENDINGS, unpackBundle, type UnpackedBundle } from './run-bundle.js';

const MODULE = `${ENDINGS}/endings.ts`;
const TOKEN = 'opensesame';

let node: UnpackedBundle;
let python: PythonBundle;
let home: string;

beforeAll(async () => {
  [node, python] = await Promise.all([unpackBundle([MODULE]), unpackPythonBundle()]);
  home = await mkdtemp(path.join(tmpdir(), 'codeseeder-logins-'));
  await Promise.all([
    mkdir(path.join(home, '.config/pip'), { recursive: true }),
    mkdir(path.join(home, '.docker')),
  ]);
  await writeFile(
    path.join(home, '.npmrc'),
    `//a.example.com/:_authToken=npm_plainToken\n//b.example.com/:_authToken="npm token"\n//c.example.com/:_auth=${base64('user:npm-password')}\n`,
  );
  await writeFile(
    path.join(home, '.config/pip/pip.conf'),
    '[global]\nindex-url = https://user:pip%2Fpassword@d.example.com/simple\n',
  );
  await writeFile(
    path.join(home, '.docker/config.json'),
    JSON.stringify({ auths: { 'e.example.com': { auth: base64('user:docker:password') } } }),
  );
});
afterAll(() => Promise.all([node.remove(), python.remove(), rm(home, { recursive: true })]));

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** Runs a function of the fixtures in the Node.js or the Python runner. */
async function run(
  kind: 'node' | 'python',
  [inNode, inPython]: readonly [string, string],
  args: readonly unknown[],
  variables: Readonly<Record<string, string>>,
) {
  if (kind === 'node') return node.run(MODULE, inNode, args, variables);
  return python.run(`endings.errors:${inPython}`, { args, variables });
}

describe.each(['node', 'python'] as const)('Secrets in a build of kind %s', (kind) => {
  it('The runner hides a secret in name, message, stack and causes of an error, in its log and in exported values', async () => {
    const exportsFile = path.join(home, `${kind}-exports.sh`);
    const end = await run(kind, ['tellsSecret', 'tells_secret'], [], {
      TOKEN,
      [BUILD_VARIABLES.secretNames]: 'ABSENT TOKEN',
      [BUILD_VARIABLES.exportedNames]: 'OUT',
      [BUILD_VARIABLES.exportsFile]: exportsFile,
    });

    const exported = await readFile(exportsFile, 'utf8');
    expect(JSON.stringify([end, exported])).not.toContain(TOKEN);
    expect(exported).toBe("export OUT='https://user:***@example.com'\n");
    expect(end.result).toMatchObject({
      ok: false,
      error: {
        name: expect.stringMatching(/^E-?\*\*\*$/),
        message: 'login with *** failed',
        stack: expect.stringContaining('login with *** failed'),
      },
    });
    expect(JSON.stringify(end.result)).toContain('at the bottom: ***');
    expect(end.stderr).toContain('at the bottom: ***');
  });

  it('The runner hides the credentials that the build logged in with', async () => {
    const credentials = [
      'npm_plainToken',
      'npm token',
      'npm-password',
      base64('user:npm-password'),
      'pip%2Fpassword',
      'pip/password',
      'docker:password',
      base64('user:docker:password'),
    ];
    const end = await run(kind, ['tells', 'tells'], [credentials.join(' and ')], { HOME: home });

    expect(end.result).toMatchObject({ error: { message: credentials.map(() => '***').join(' and ') } });
  });

  it('The runner hides a secret at the position where a long error is truncated', async () => {
    const long = 'x'.repeat(999_960) + TOKEN;
    const end = await run(kind, ['tells', 'tells'], [long + 'y'.repeat(100)], {
      TOKEN,
      [BUILD_VARIABLES.secretNames]: 'TOKEN',
    });

    expect(JSON.stringify(end.result)).not.toContain(TOKEN.slice(0, 4));
  });
});
