#!/usr/bin/env node
// Said at every start on Node 20, on the stream that progress goes to; the README names the versions that work.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

// Before anything that takes time: whoever started this process may end at any moment.
const { findStarter, watchStarter } = await import('../client/cli/starter.js');
const starter = findStarter();

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
  watchStarter: (ended) => watchStarter(starter, ended),
});

// On interrupt, exits within 500 ms even if requests are pending.
if (process.exitCode === EXIT_CODES.interrupted) setTimeout(() => process.exit(), 500).unref();

// A module of the user's may keep timers and connections open, which must not keep a command from ending.
await Promise.all([process.stdout, process.stderr].map(drained));
process.exit();

/** Waits until what was written to a stream has left this process, or nobody reads it any more. */
function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => void stream.write('', () => resolve()));
}

export {};
