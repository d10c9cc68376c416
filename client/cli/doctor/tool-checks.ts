import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import type { Check } from '../output-types.js';
import { subject } from './check.js';

/** Oldest version of Node.js that this package supports, as `engines` of `package.json` has it. */
const OLDEST_NODE: readonly [major: number, minor: number] = [20, 19];

/** Time within which a program must print its version. */
const TIMEOUT_MS = 5_000;

/** A program, and the effect if it is missing. */
interface Tool {
  readonly command: string;
  readonly without: string;
  readonly remedy: string;
}

const TOOLS: readonly Tool[] = [
  {
    command: 'npm',
    without: '`deploy modules` cannot build npm packages',
    remedy: 'Install npm; it comes with Node.js.',
  },
  {
    command: 'python3',
    without: '`deploy modules` cannot build Python packages, and the local AWS cannot run Python functions',
    remedy: 'Install Python 3.8 or later if you need one of them.',
  },
  {
    command: 'git',
    without: 'builds in the local AWS cannot use it; codeseeder itself does not need it',
    remedy: 'Install git if your builds use it.',
  },
];

/** Runs a program. @returns what it prints */
export type RunProgram = (command: string, args: readonly string[]) => Promise<string>;

const runProgram: RunProgram = async (command, args) => {
  const options = { timeout: TIMEOUT_MS, windowsHide: true };
  const { stdout, stderr } = await promisify(execFile)(command, [...args], options);
  return stdout || stderr;
};

/** Checks Node.js and the programs that some commands start. */
export async function toolChecks(
  version: string = process.versions.node,
  run: RunProgram = runProgram,
): Promise<Check[]> {
  return [nodeCheck(version), ...(await Promise.all(TOOLS.map((tool) => toolCheck(tool, run))))];
}

function nodeCheck(version: string): Check {
  const node = subject('node', 'Node.js');
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  const isOld = major < oldestMajor || (major === oldestMajor && minor < oldestMinor);
  if (!isOld) return node.ok(version);
  return node.problem(`${version} is not supported`, `Install Node.js ${OLDEST_NODE.join('.')} or later.`);
}

async function toolCheck({ command, without, remedy }: Tool, run: RunProgram): Promise<Check> {
  const tool = subject(command, command);
  try {
    const [line = ''] = (await run(command, ['--version'])).trim().split('\n');
    return tool.ok(line.replace(/^(python|git version) /i, ''));
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return tool.warning(`${isMissing ? 'not found' : 'does not start'}: ${without}`, remedy);
  }
}
