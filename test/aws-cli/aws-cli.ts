import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const PROGRAM = path.join(import.meta.dirname, 'aws-cli.py');
const FIND = 'import importlib.util, sys; sys.exit(importlib.util.find_spec("awscli") is None)';

/** Runs commands of the AWS CLI in order, in one process if `python3` can import the AWS CLI. */
export interface AwsCli {
  /**
   * Runs a command.
   * @param words the words of the command, without `aws`
   * @param environment all environment variables of the command
   * @returns what the command has printed to stdout
   * @throws Error with what the command has printed to stderr, if its exit code is not 0
   */
  run(words: readonly string[], environment: NodeJS.ProcessEnv): Promise<string>;
  /** Runs a command. @returns how it ended, whatever its exit code */
  end(words: readonly string[], environment: NodeJS.ProcessEnv): Promise<EndedCommand>;
  close(): Promise<void>;
}

/** How a command ended. */
export interface EndedCommand {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export async function openAwsCli(): Promise<AwsCli> {
  const canImport = await promisify(execFile)('python3', ['-c', FIND]).then(
    () => true,
    () => false,
  );
  return canImport ? inOneProcess(spawn('python3', [PROGRAM])) : inProcesses();
}

function inOneProcess(child: ChildProcessWithoutNullStreams): AwsCli {
  const closed = once(child, 'close');
  // A write fails if the process has ended. The end of its output reports that.
  child.stdin.on('error', () => undefined);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  let problems = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (problems += text));
  let last: Promise<unknown> = Promise.resolve();
  const next = async (words: readonly string[], environment: NodeJS.ProcessEnv): Promise<EndedCommand> => {
    child.stdin.write(`${JSON.stringify({ words, environment })}\n`);
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`The AWS CLI ended: ${problems}`);
    return JSON.parse(value) as EndedCommand;
  };
  const end: AwsCli['end'] = async (words, environment) => {
    const result = last.then(() => next(words, environment));
    last = result.catch(() => undefined);
    return result;
  };
  return {
    end,
    run: async (words, environment) => outputOf(words, await end(words, environment)),
    async close() {
      child.stdin.end();
      await closed;
    },
  };
}

function inProcesses(): AwsCli {
  const end: AwsCli['end'] = (words, environment) =>
    new Promise((resolve, reject) => {
      execFile('aws', words, { env: environment }, (error, stdout, stderr) => {
        const exitCode = error === null ? 0 : error.code;
        if (typeof exitCode === 'number') resolve({ exitCode, stdout, stderr });
        else reject(new Error(`aws ${words.join(' ')} did not exit by itself.`, { cause: error }));
      });
    });
  return {
    end,
    run: async (words, environment) => outputOf(words, await end(words, environment)),
    close: async () => undefined,
  };
}

function outputOf(words: readonly string[], { exitCode, stdout, stderr }: EndedCommand): string {
  if (exitCode !== 0) throw new Error(`aws ${words.join(' ')} exited with ${exitCode}: ${stderr}`);
  return stdout;
}
