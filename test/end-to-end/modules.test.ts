import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { deployModules, seedkit, type Seedkit } from '../../client/index.js';
import { quickPython } from '../quick-python.js';
import { commandLinesDuring } from './command-lines.js';
import { codeseeder, PROJECT } from './command-line-process.js';
import { sharedSeedkit, type SharedSeedkit } from './local-seedkit.js';
import { filesWrittenSince } from './written-files.js';

const NAME = 'packs';

let place: SharedSeedkit;
let folder: string;
let kit: Seedkit;
let python: string;
const startedAtMs = Date.now();

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'codeseeder-packages-'));
  python = await quickPython();
  place = await sharedSeedkit();
  // A fixed id. A random one would require a new synthesis in every test run.
  const options = ['--deploy-codeartifact', '--deploy-id', 'module'];
  const deployed = await codeseeder(['deploy', 'seedkit', NAME, ...options]);
  expect(deployed).toMatchObject({ exitCode: 0 });
  kit = seedkit(NAME);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/**
 * Writes an npm package with a command and a Python package of the same version, both of which print a text.
 */
async function packagesThatSay(text: string, version = '1.2.3'): Promise<{ npm: string; python: string }> {
  const npm = path.join(folder, 'npm');
  await mkdir(npm, { recursive: true });
  const about = { name: '@team/hail', version, bin: { hail: 'hail.js' } };
  await writeFile(path.join(npm, 'package.json'), JSON.stringify(about));
  await writeFile(path.join(npm, 'hail.js'), `#!/usr/bin/env node\nconsole.log('npm: ${text}');\n`);
  const python = path.join(folder, 'python');
  await cp(path.join(PROJECT, 'test/fixtures/python/project'), python, { recursive: true });
  const module = path.join(python, 'src/greeting_tool');
  await writeFile(path.join(module, '__init__.py'), `def said():\n    return 'python: ${text}'\n`);
  const backend = path.join(python, 'build_wheel_of_src.py');
  await writeFile(backend, (await readFile(backend, 'utf8')).replace('1.2.3', version));
  return { npm, python };
}

/** Runs both packages in a build that installs them. */
async function runBoth() {
  const npm = kit.commands(['export SAID="$(hail)"'], {
    build: { packages: { '@team/hail': '1.2.3' }, exportedVariables: ['SAID'] },
  });
  const said = kit.python<string>('greeting_tool:said', {
    pythonModules: ['greeting-tool==1.2.3'],
    build: { environment: { TEST_PYTHON: { type: 'PLAINTEXT', value: python } } },
  });
  const { exportedVariables } = await npm;
  return [exportedVariables['SAID'], await said];
}

/** Returns the files that the local AWS wrote since this test file started. */
const filesOfPlace = () => filesWrittenSince(startedAtMs, place.dataFolder);

describe('Deployed modules', () => {
  it('Builds install the deployed packages, and the new content after the same version is deployed again', async () => {
    const { npm, python } = await packagesThatSay('one');
    const modules = ['--module', `@team/hail:${npm}`, '--module', `Greeting_Tool:${python}`];
    const first = await codeseeder(['deploy', 'modules', NAME, '--json', ...modules]);
    expect(first).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(first.stdout)).toEqual({
      seedkit: NAME,
      domain: `aws-codeseeder-${NAME}`,
      repository: 'python-repository',
      modules: [
        { name: '@team/hail', kind: 'npm', version: '1.2.3', replaced: false },
        { name: 'Greeting_Tool', kind: 'python', version: '1.2.3', replaced: false },
      ],
    });
    expect(await runBoth()).toEqual(['npm: one', 'python: one']);

    await packagesThatSay('two');
    const second = await deployModules(NAME, { '@team/hail': npm, 'greeting.tool': python });
    expect(second.modules).toMatchObject([{ replaced: true }, { replaced: true }]);
    expect(await runBoth()).toEqual(['npm: two', 'python: two']);
  });

  it('Deploying and installing packages leaves no token in logs, records, events, files or command lines', async () => {
    const { npm, python } = await packagesThatSay('three', '3.0.0');
    const events: unknown[] = [];
    const deployAndRun = async () => {
      const onProgress = (event: unknown) => events.push(event);
      await deployModules(NAME, { '@team/hail': npm, 'greeting-tool': python }, { onProgress });
      // Exports the token in reverse, because the token itself must not appear anywhere.
      const exportReversedToken = 'export NEKOT="$(sed -n s/.*_authToken=//p "$HOME/.npmrc" | rev)"';
      return kit.commands([exportReversedToken], {
        build: { packages: { '@team/hail': '3.0.0' }, exportedVariables: ['NEKOT'] },
      });
    };
    const { ended, commandLines } = await commandLinesDuring(deployAndRun());
    const token = [...(ended.exportedVariables['NEKOT'] ?? '')].reverse().join('');
    const logs: string[] = [];
    for await (const { message } of (await kit.attach(ended.runId)).logs()) logs.push(message);
    const log = logs.join('\n');

    expect(token).toMatch(/^[\w-]{40,}$/);
    expect(log).toMatch(/pip: packages come from http:.*\n.*npm: packages come from http:/);
    expect(commandLines).toContain('--registry=http://127.0.0.1');
    for (const text of [log, commandLines, await filesOfPlace(), JSON.stringify(events)]) {
      expect(text).not.toContain(token);
      expect(text).not.toMatch(/_authToken=[\w-]{40}|aws:[\w-]{40}@/);
    }
  });
});
