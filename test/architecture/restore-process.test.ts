import { tmpdir } from 'node:os';
import { createRequire } from 'node:module';

import { expect, it } from '@jest/globals';

const { rememberProcess } = createRequire(import.meta.url)('../restore-process.cjs') as {
  rememberProcess(): () => void;
};

it('A test file leaves no variable, folder, listener, global or exit code to the next file', () => {
  const before = state();
  const restore = rememberProcess();

  process.env['LEFT_BEHIND'] = 'yes';
  process.env['PATH'] = '/nowhere';
  delete process.env['CODESEEDER_CACHE_DIR'];
  process.chdir(tmpdir());
  process.on('SIGUSR2', () => undefined);
  process.exit = () => undefined as never;
  process.exitCode = 7;
  globalThis.fetch = () => Promise.reject(new Error('no network'));
  Object.assign(globalThis, { leftBehind: true });
  Reflect.deleteProperty(globalThis, 'structuredClone');
  Error.stackTraceLimit = 1;
  expect(state()).not.toEqual(before);

  restore();
  expect(state()).toEqual(before);
});

function state() {
  return {
    environment: { ...process.env },
    folder: process.cwd(),
    listeners: process.listenerCount('SIGUSR2'),
    exit: process.exit,
    exitCode: process.exitCode,
    fetch: globalThis.fetch,
    globals: Object.getOwnPropertyNames(globalThis).sort(),
    stackTraceLimit: Error.stackTraceLimit,
  };
}
