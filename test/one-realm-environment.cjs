/**
 * Jest environment for tests that run in the realm of their worker. Jest's own environment gives each test file its
 * own realm (a `vm` context). There, `instanceof Error` fails for errors of modules that `shared-modules-runtime.cjs`
 * shares, and each use of a global is slow. Each test file still has its own copy of the project's modules. What test
 * files share is restored after each file.
 */
const { AsyncLocalStorage } = require('node:async_hooks');
const { createRequire } = require('node:module');
const { LegacyFakeTimers, ModernFakeTimers } = require('@jest/fake-timers');
const { ModuleMocker } = require('jest-mock');
const { rememberProcess } = require('./restore-process.cjs');

const SINON = createRequire(require.resolve('aws-sdk-client-mock')).resolve('sinon');

/**
 * All AsyncLocalStorage instances in use. Node.js 20 visits each of them for every promise, and Jest creates another
 * one for each test file.
 */
const storages = new Set();
for (const name of ['run', 'enterWith']) {
  const original = AsyncLocalStorage.prototype[name];
  AsyncLocalStorage.prototype[name] = function (...args) {
    storages.add(this);
    return original.apply(this, args);
  };
}

class OneRealmEnvironment {
  constructor({ projectConfig }) {
    this.restoreProcess = rememberProcess();
    this.global = globalThis;
    Object.assign(globalThis, projectConfig.globals);
    Error.stackTraceLimit = 25;
    this.moduleMocker = new ModuleMocker(globalThis);
    this.fakeTimers = new LegacyFakeTimers({
      config: projectConfig,
      global: globalThis,
      moduleMocker: this.moduleMocker,
      timerConfig: { idToRef: (id) => id, refToId: (timer) => timer },
    });
    this.fakeTimersModern = new ModernFakeTimers({ config: projectConfig, global: globalThis });
  }

  async setup() {}

  async teardown() {
    this.fakeTimers.dispose();
    this.fakeTimersModern.dispose();
    this.moduleMocker.restoreAllMocks();
    // Removes the stubs that `aws-sdk-client-mock` has added to the prototypes of shared clients.
    require.cache[SINON]?.exports.restore();
    this.restoreProcess();
    for (const storage of storages) storage.disable();
    storages.clear();
  }

  exportConditions() {
    return ['node', 'node-addons'];
  }

  /**
   * Jest requires a context here. It is not used, because the runtime compiles in the realm of the worker.
   */
  getVmContext() {
    return globalThis;
  }
}

module.exports = OneRealmEnvironment;
