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
    interrupted: new AbortController().signal,
    takeSignals: createSignals().take,
    watchStarter: () => () => undefined,
    ...overrides,
    stdout: new KeptOutput(),
    stderr: new KeptOutput(),
  };
}

/** Runs a command and waits for its end. Output with `--json` or `--ndjson` must have its published shape. */
export async function runMain(args: readonly string[], overrides: Partial<Terminal> = {}) {
  const terminal = aTerminal(overrides);
  const exitCode = await main(args, terminal);
  const ended = { exitCode, stdout: terminal.stdout.text, stderr: terminal.stderr.text };
  holdToShape(args, ended);
  return ended;
}
