#!/usr/bin/env node
// Said at every start on Node 20, on the stream that progress goes to; the README names the versions that work.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

const { EXIT_CODES } = await import('../client/cli/exit-code.js');
const { main } = await import('../client/cli/main.js');
const { createSignals, END_SIGNALS } = await import('../client/cli/signals.js');

const signals = createSignals();
for (const signal of END_SIGNALS) process.on(signal, () => signals.deliver(signal));

// Nobody reads on: the other end of the pipe, or the terminal, is gone. What the command does is done all the same.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
  });
}

process.exitCode = await main(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
  workingFolder: process.cwd(),
  interrupted: signals.interrupted,
  takeSignals: signals.take,
});

// Who leaves does not wait for what has no answer yet.
if (process.exitCode === EXIT_CODES.interrupted) setTimeout(() => process.exit(), 500).unref();

export {};
