import { Readable, Writable } from 'node:stream';

import { main } from '../../../client/cli/main.js';
import { createSignals } from '../../../client/cli/signals.js';
import type { Terminal } from '../../../client/cli/terminal.js';
import { holdToShape } from '../../command-output.js';

/** A writable stream that keeps the written text. */
export class KeptOutput extends Writable {
  text = '';
  isTTY?: boolean;

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

export interface FakeTerminal extends Terminal {
  readonly stdout: KeptOutput;
  readonly stderr: KeptOutput;
}

export function aTerminal(overrides: Partial<Terminal> = {}): FakeTerminal {
  return {
    stdin: Readable.from([]),
    environment: {},
    workingFolder: '/project',
    program: 'codeseeder',
    interrupted: new AbortController().signal,
    takeSignals: createSignals().take,
    watchStarter: () => () => undefined,
    ...overrides,
    stdout: new KeptOutput(),
    stderr: new KeptOutput(),
  };
}

/** Returns a terminal of a width on which lines are drawn again. */
export function aLiveTerminal(columns: number, environment: Readonly<Record<string, string>> = {}) {
  const stderr = Object.assign(new KeptOutput(), { isTTY: true, columns });
  return { ...aTerminal({ environment: { LANG: 'C.UTF-8', ...environment } }), stderr };
}

/** Returns the lines that stay on a terminal: without the status line, which is removed before each of them. */
export function lastingLines(text: string): string[] {
  return text.split('\n').map((line) => line.slice(line.lastIndexOf('\u001b[J') + 1).replace(/^\[J/, ''));
}

/** Runs a command and waits for its end. Output with `--json` or `--ndjson` must have its published shape. */
export async function runMain(args: readonly string[], overrides: Partial<Terminal> = {}) {
  const terminal = aTerminal(overrides);
  const exitCode = await main(args, terminal);
  const ended = { exitCode, stdout: terminal.stdout.text, stderr: terminal.stderr.text };
  holdToShape(args, ended);
  return ended;
}
