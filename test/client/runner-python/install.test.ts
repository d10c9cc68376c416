import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { BUNDLE_PATHS } from '../../../lib/contract/index.js';
import { FIXTURES, RUNNER_SOURCE } from './run-python.js';

let bundle: string;
let python: string;

/** Stands for pip: writes the words and the folder it was called with, and ends as it is told to. */
const PIP = `
import json, os, sys
with open(os.environ["SAID"], "w") as said:
    json.dump({"words": sys.argv[1:], "folder": os.getcwd()}, said)
sys.exit(int(os.environ["PIP_ENDS_WITH"]))
`;

beforeEach(async () => {
  bundle = realpathSync(mkdtempSync(path.join(tmpdir(), 'codeseeder install ')));
  await cp(RUNNER_SOURCE, at(BUNDLE_PATHS.pythonRunner), { recursive: true });
  spawnSync('python3', ['-m', 'venv', '--without-pip', at('venv')]);
  python = at('venv/bin/python');
  const purelib = run(['-c', 'import sysconfig; print(sysconfig.get_paths()["purelib"])']).stdout.trim();
  mkdirSync(path.join(purelib, 'pip'));
  writeFileSync(path.join(purelib, 'pip/__main__.py'), PIP);
});
afterEach(() => rmSync(bundle, { recursive: true, force: true }));

const at = (name: string) => path.join(bundle, name);

function run(args: readonly string[], endsWith = 0) {
  return spawnSync(python, args, {
    cwd: tmpdir(),
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], SAID: at('said.json'), PIP_ENDS_WITH: String(endsWith) },
  });
}

const install = (modules: readonly string[] = [], endsWith = 0) =>
  run([path.join(at(BUNDLE_PATHS.pythonRunner), 'install.py'), ...modules], endsWith);
const saidToPip = () => JSON.parse(readFileSync(at('said.json'), 'utf8')) as unknown;

function write(name: string, content = ''): void {
  mkdirSync(path.dirname(at(name)), { recursive: true });
  writeFileSync(at(name), content);
}

describe('the installation of a Python run', () => {
  it('gives pip requirements, projects and modules at once, from the bundle’s folder', () => {
    write(`${BUNDLE_PATHS.pythonRequirements}/b.txt`);
    write(`${BUNDLE_PATHS.pythonRequirements}/a/more.txt`);
    write(`${BUNDLE_PATHS.pythonProjects}/tool/setup.py`);
    write('pip.py', 'raise Exception("taken for pip")');

    expect(install(['boto3', "x; python_version > '3'"]).status).toBe(0);
    expect(saidToPip()).toEqual({
      words: [
        'install',
        ...['-r', at(`${BUNDLE_PATHS.pythonRequirements}/a/more.txt`)],
        ...['-r', at(`${BUNDLE_PATHS.pythonRequirements}/b.txt`)],
        ...['--', at(`${BUNDLE_PATHS.pythonProjects}/tool`), 'boto3', "x; python_version > '3'"],
      ],
      folder: bundle,
    });
  });

  it('asks nothing of pip when there is nothing to install', () => {
    expect(install().status).toBe(0);
    expect(saidToPip).toThrow('ENOENT');
  });

  it('fails when pip fails', () => {
    expect(install(['boto3'], 3).status).toBe(3);
  });

  it('lets every command of the environment import local packages, and modules of other folders', async () => {
    for (const name of ['endings', 'scripts'])
      await cp(path.join(FIXTURES, name), at(`${BUNDLE_PATHS.pythonModules}/${name}`), { recursive: true });
    install();

    const { stdout } = run([
      '-c',
      'import endings.values, tool; print(endings.values.add(1, 2), tool.name())',
    ]);
    expect(stdout).toBe('3 tool\n');
  });
});
