#!/usr/bin/env node
// Without this variable, the SDK would print a warning at every start on Node 20. The README names the supported
// versions.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

// Imported first, because the process that started this one may end at any moment.
const { findStarter, watchStarter } = await import('../client/cli/starter.js');
const starter = findStarter();

const { EXIT_CODES } = await import('../client/cli/exit-code.js');
const { programOf } = await import('../client/how-called.js');
const { main } = await import('../client/cli/main.js');
const { createSignals, END_SIGNALS } = await import('../client/cli/signals.js');

const signals = createSignals();
for (const signal of END_SIGNALS) process.on(signal, () => signals.deliver(signal));

// If the reader of the pipe or the terminal is gone, the command continues without output.
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
  program: programOf(process.argv[1], process.cwd()),
  interrupted: signals.interrupted,
  takeSignals: signals.take,
  watchStarter: (ended) => watchStarter(starter, ended),
});

// On interrupt, exits within 500 ms even if requests are pending.
if (process.exitCode === EXIT_CODES.interrupted) setTimeout(() => process.exit(), 500).unref();

// Timers and connections of a user's module must not keep the command from ending.
await Promise.all([process.stdout, process.stderr].map(drained));
process.exit();

/** Waits until the stream's written data has left this process, or its reader is gone. */
function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => void stream.write('', () => resolve()));
}

export {};
