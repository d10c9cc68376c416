import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { BUNDLE_PATHS } from '../../../lib/contract/index.js';
import { FIXTURES, RUNNER_SOURCE } from './run-python.js';

let bundle: string;
let python: string;

/** A fake pip that writes its arguments and its folder to a file, and exits with the requested status. */
const PIP = `
import json, os, sys
if sys.argv[1:] == ["config", "list"]:
    sys.stdout.write(os.environ["PIP_SETTINGS"])
    sys.exit()
with open(os.environ["SAID"], "a") as said:
    said.write(json.dumps({"program": "pip", "words": sys.argv[1:], "folder": os.getcwd(),
                           "bundle": os.environ["CODESEEDER_BUNDLE_URL"]}) + "\\n")
if sys.argv[-1] == "uv":
    import shutil
    shutil.copy(os.environ["UV"], os.path.dirname(sys.executable))
sys.exit(int(os.environ["PIP_ENDS_WITH"]))
`;

/** A fake uv that also writes its variables. */
const UV = `#!/usr/bin/env python3
import json, os, sys
variables = {name: value for name, value in os.environ.items() if name.startswith("UV_")}
with open(os.environ["SAID"], "a") as said:
    said.write(json.dumps({"program": "uv", "words": sys.argv[1:], "folder": os.getcwd(),
                           "variables": variables}) + "\\n")
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

interface Circumstances {
  readonly endsWith?: number;
  readonly settings?: string;
  readonly path?: string;
}

function run(args: readonly string[], { endsWith = 0, settings = '', path: more = '' }: Circumstances = {}) {
  return spawnSync(python, args, {
    cwd: tmpdir(),
    encoding: 'utf8',
    env: {
      PATH: `${more}:${process.env['PATH']}`,
      SAID: at('said'),
      UV: at('spare/uv'),
      PIP_ENDS_WITH: String(endsWith),
      PIP_SETTINGS: settings,
    },
  });
}

const install = (words: readonly string[] = [], circumstances: Circumstances = {}) =>
  run([path.join(at(BUNDLE_PATHS.pythonRunner), 'install.py'), ...words], circumstances);
const said = () =>
  (existsSync(at('said')) ? readFileSync(at('said'), 'utf8') : '')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const pip = (words: readonly string[]) => ({
  program: 'pip',
  words,
  folder: bundle,
  bundle: pathToFileURL(bundle).href,
});

function write(name: string, content = '', mode = 0o644): void {
  mkdirSync(path.dirname(at(name)), { recursive: true });
  writeFileSync(at(name), content, { mode });
}

describe('the installation of a Python run', () => {
  it('`install.py` calls pip for requirements, then projects, then modules, from the bundle’s folder', () => {
    write(`${BUNDLE_PATHS.pythonSteps}/001.txt`);
    write(`${BUNDLE_PATHS.pythonSteps}/002.txt`);
    write(BUNDLE_PATHS.pythonCommonOptions);
    write(`${BUNDLE_PATHS.pythonProjects}/tool/setup.py`);
    write('pip.py', 'raise Exception("taken for pip")');
    const common = ['-r', at(BUNDLE_PATHS.pythonCommonOptions), '--'];

    expect(install(['boto3', "x; python_version > '3'"]).status).toBe(0);
    expect(said()).toEqual([
      pip(['install', '-r', at(`${BUNDLE_PATHS.pythonSteps}/001.txt`)]),
      pip(['install', '-r', at(`${BUNDLE_PATHS.pythonSteps}/002.txt`)]),
      pip(['install', ...common, at(`${BUNDLE_PATHS.pythonProjects}/tool`)]),
      pip(['install', ...common, 'boto3', "x; python_version > '3'"]),
    ]);
  });

  it('`install.py` does not call pip if there is nothing to install', () => {
    expect(install().status).toBe(0);
    expect(said()).toEqual([]);
  });

  it('`install.py` fails if pip fails, says so in its last line, and installs nothing afterwards', () => {
    write(`${BUNDLE_PATHS.pythonSteps}/001.txt`);

    expect(install(['boto3'], { endsWith: 3 })).toMatchObject({
      status: 3,
      stderr: 'codeseeder: the Python packages could not be installed: see the messages above\n',
    });
    expect(said()).toHaveLength(1);
  });

  it('All commands of the environment can import local packages, and modules of other folders', async () => {
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

describe('the installation of a Python run by uv', () => {
  const withUv = () => ({ path: at('bin') });
  const projects = () => at(BUNDLE_PATHS.pythonProjects);
  beforeEach(() => {
    write('bin/uv', UV, 0o755);
    write('spare/uv', UV, 0o755);
  });

  it('`install.py` calls uv for a folder with a lock file, and pip for the others', () => {
    write(`${BUNDLE_PATHS.pythonProjects}/app/uv.lock`);
    write(`${BUNDLE_PATHS.pythonProjects}/tool/setup.py`);

    expect(install(['boto3'], withUv())).toMatchObject({ status: 0, stderr: '' });
    expect(said()).toEqual([
      {
        program: 'uv',
        words: ['sync', '--frozen', '--inexact'],
        folder: path.join(projects(), 'app'),
        variables: { UV_PROJECT_ENVIRONMENT: at('venv'), UV_PYTHON: python, UV_PYTHON_DOWNLOADS: 'never' },
      },
      pip(['install', '--', path.join(projects(), 'tool')]),
      pip(['install', '--', 'boto3']),
    ]);
  });

  it('`install.py` ignores lock files if the installer is pip', () => {
    write(`${BUNDLE_PATHS.pythonProjects}/app/uv.lock`);
    install(['--installer=pip'], withUv());

    expect(said()).toEqual([pip(['install', '--', path.join(projects(), 'app')])]);
  });

  it('`install.py` calls uv for everything if the installer is uv, with the indexes of pip’s configuration', () => {
    write(`${BUNDLE_PATHS.pythonSteps}/001.txt`);
    const settings = [
      "global.index-url='https://one.example.com/simple'",
      String.raw`global.extra-index-url='\nhttps://two.example.com\nhttps://three.example.com'`,
      "install.index-url='https://u:p@four.example.com/simple'",
      "global.no-index='true'",
      "global.find-links='/a /b'",
    ].join('\n');
    install(['--installer=uv', 'boto3'], { ...withUv(), settings });

    const words = ['pip', 'install', '--python', python, '--no-index'];
    const variables = {
      UV_DEFAULT_INDEX: 'https://u:p@four.example.com/simple',
      UV_INDEX: 'https://two.example.com https://three.example.com',
      UV_FIND_LINKS: '/a,/b',
    };
    const common = { program: 'uv', folder: bundle, variables };
    expect(said()).toEqual([
      { ...common, words: [...words, '-r', at(`${BUNDLE_PATHS.pythonSteps}/001.txt`)] },
      { ...common, words: [...words, '--', 'boto3'] },
    ]);
  });

  it('`install.py` installs uv into the environment if the image has none', () => {
    write(BUNDLE_PATHS.pythonCommonOptions);
    write(`${BUNDLE_PATHS.pythonModules}/app/uv.lock`);
    install();

    expect(said()).toMatchObject([
      pip(['install', '-r', at(BUNDLE_PATHS.pythonCommonOptions), '--', 'uv']),
      { program: 'uv', words: ['sync', '--frozen', '--inexact'] },
    ]);
  });
});
