import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { deployModules, seedkit } from '../../client/index.js';
import { quickPython } from '../quick-python.js';
import { commandLinesDuring } from './command-lines.js';
import { codeseeder, PROJECT } from './command-line-process.js';
import type { SharedSeedkit } from './local-seedkit.js';
import { filesWrittenSince } from './written-files.js';

/**
 * Deploys an npm package and a Python package to a seedkit with CodeArtifact, three times, and runs them in builds
 * that install them.
 */
export async function deployAndInstall(name: string, place: SharedSeedkit) {
  const folder = await mkdtemp(path.join(tmpdir(), 'codeseeder-packages-'));
  try {
    const replacement = await replace(name, folder);
    return { ...replacement, ...(await keepToken(name, folder, place)) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Writes an npm package with a command and a Python package of the same version, both of which print a text.
 */
async function packagesThatSay(
  text: string,
  folder: string,
  version = '1.2.3',
): Promise<{ npm: string; python: string }> {
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
async function runBoth(name: string) {
  const kit = seedkit(name);
  const npm = kit.commands(['export SAID="$(hail)"'], {
    build: { packages: { '@team/hail': '1.2.3' }, exportedVariables: ['SAID'] },
  });
  const said = kit.python<string>('greeting_tool:said', {
    pythonModules: ['greeting-tool==1.2.3'],
    build: { environment: { TEST_PYTHON: { type: 'PLAINTEXT', value: await quickPython() } } },
  });
  const { exportedVariables } = await npm;
  return [exportedVariables['SAID'], await said];
}

/** Deploys packages from the command line, and other content after the same version from code. */
async function replace(name: string, folder: string) {
  const { npm, python } = await packagesThatSay('one', folder);
  const modules = ['--module', `@team/hail:${npm}`, '--module', `Greeting_Tool:${python}`];
  const first = await codeseeder(['deploy', 'modules', name, '--json', ...modules]);
  const saidFirst = await runBoth(name);
  await packagesThatSay('two', folder);
  const second = await deployModules(name, { '@team/hail': npm, 'greeting.tool': python });
  return { first, saidFirst, second, saidSecond: await runBoth(name) };
}

/**
 * Deploys packages and installs one of them.
 * @returns the token that the build used, and everything in which the token must not appear
 */
async function keepToken(name: string, folder: string, place: SharedSeedkit) {
  const startedAtMs = Date.now();
  const { npm, python } = await packagesThatSay('three', folder, '3.0.0');
  const kit = seedkit(name);
  const events: unknown[] = [];
  const deployAndRun = async () => {
    const onProgress = (event: unknown) => events.push(event);
    await deployModules(name, { '@team/hail': npm, 'greeting-tool': python }, { onProgress });
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
  const files = await filesWrittenSince(startedAtMs, place.dataFolder);
  return { token, log: logs.join('\n'), commandLines, files, events: JSON.stringify(events) };
}
