/**
 * Jest runtime that shares third-party modules between the test files of a worker. Jest itself loads and compiles
 * every module again for each test file. For the AWS SDK and the CDK, this takes longer than most tests. Third-party
 * modules that a test mocks are loaded again for each file, and so are modules of the project, except those that
 * `shared-project-modules.cjs` shares. Modules that Jest's own code loads for each file are compiled once.
 * This runtime needs `one-realm-environment.cjs`: with a realm per file, `instanceof Error` would fail for errors of
 * shared modules.
 */
const { createRequire } = require('node:module');
const { pathToFileURL } = require('node:url');
const vm = require('node:vm');
const JestRuntime = require('jest-runtime').default;
const { giveSharedModules, keepSharedModules } = require('./shared-project-modules.cjs');

const THIRD_PARTY = /[\\/]node_modules[\\/]/;
/**
 * Matches the name of a package. Leaves out Jest, which keeps state per test file, and modules of Node.js.
 */
const PACKAGE = /^(?!node:|@jest\/|jest|expect$)[@a-z]/;

/** Compiled CommonJS modules, by file. */
const scripts = new Map();
/** Names of the exports of CommonJS modules, by file. */
const exportNames = new Map();
/** The runtime of the current test file. */
let current;

class SharedModulesRuntime extends JestRuntime {
  constructor(...args) {
    super(...args);
    current = this;
    shareCompiledScripts(this);
    shareEsModules(this.esmLoader);
    shareExportNames(this.cjsExportsCache);
    giveSharedModules(this);
  }

  teardown() {
    keepSharedModules(this);
    super.teardown();
  }

  requireModuleOrMock(from, moduleName) {
    if (this.isShared(from, moduleName)) return createRequire(from)(moduleName);
    return super.requireModuleOrMock(from, moduleName);
  }

  isShared(from, moduleName) {
    if (this._resolution.isCoreModule(moduleName)) return false;
    if (!THIRD_PARTY.test(moduleName) && !PACKAGE.test(moduleName)) return false;
    return !this.mockState.shouldMockCjs(from, moduleName).shouldMock;
  }
}

function shareCompiledScripts({ executor }) {
  const head = `(function (${executor.injectedModuleParameters.join(', ')}) {`;
  executor.compile = (source, filename) => {
    const compiled = scripts.get(filename);
    if (compiled?.source === source) return compiled.script.runInThisContext();
    const script = new vm.Script(`${head}${source}\n})`, {
      filename,
      columnOffset: -head.length,
      importModuleDynamically: (specifier, _script, attributes) =>
        current.executor.dynamicImport(specifier, filename, undefined, attributes),
    });
    scripts.set(filename, { source, script });
    return script.runInThisContext();
  };
}

function shareEsModules(loader) {
  // Without a context, Node.js compiles modules in the realm of the worker.
  loader.getContext = () => undefined;
  const loadEsmModule = loader.loadEsmModule;
  loader.loadEsmModule = async (file, suffix) => {
    if (!THIRD_PARTY.test(file) || !/\.m?js$/.test(file)) return loadEsmModule.call(loader, file, suffix);
    const registry = loader.registries.getActiveEsmRegistry();
    const url = pathToFileURL(file).href + (suffix ?? '');
    const exports = await import(url);
    if (!registry.has(url)) registry.set(url, await syntheticModule(exports, file));
    return registry.get(url);
  };
}

async function syntheticModule(exports, identifier) {
  const names = Object.keys(exports);
  const module = new vm.SyntheticModule(
    names,
    function () {
      for (const name of names) this.setExport(name, exports[name]);
    },
    { identifier },
  );
  await module.link(() => undefined);
  await module.evaluate();
  return module;
}

function shareExportNames(cache) {
  const getExportsOf = cache.getExportsOf;
  cache.getExportsOf = (from, file) => {
    if (!THIRD_PARTY.test(file)) return getExportsOf.call(cache, from, file);
    if (!exportNames.has(file)) exportNames.set(file, getExportsOf.call(cache, from, file));
    return exportNames.get(file);
  };
}

module.exports = SharedModulesRuntime;
