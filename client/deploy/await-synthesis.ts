import type { ChildProcess } from 'node:child_process';

import { CodeseederError } from '../../lib/contract/index.js';

/** Characters of a program's output that are kept for an error. */
const KEPT_CHARACTERS = 4_000;

/**
 * Waits for a program that synthesizes a CDK app.
 * @param subject names the app in the error, such as `The seedkit`
 * @param onOutput receives what the program prints
 * @throws CodeseederError `PackFailed` with the end of its output when it exits with another code than 0
 */
export async function awaitSynthesis(
  child: ChildProcess,
  subject: string,
  onOutput: (text: string) => void = () => undefined,
): Promise<void> {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-KEPT_CHARACTERS);
      onOutput(text);
    });
  }
  let problem: Error | undefined;
  const code = await new Promise<number | null>((resolve) => {
    child.on('error', (error) => (problem = error)).on('close', resolve);
  });
  if (problem !== undefined) throw problem;
  if (code === 0) return;
  throw new CodeseederError(
    'PackFailed',
    `${subject} could not be synthesized (exit code ${code}): ${output.trim()}`,
  );
}
