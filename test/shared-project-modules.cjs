/**
 * Shares modules of the project between the test files of a worker, because to link and evaluate them for each file
 * takes longer than most tests. Only modules without state are shared: no test file sees a variable that another one
 * changed. A module also has state if a module that it imports has.
 */
const { readFileSync } = require('node:fs');
const path = require('node:path');
const { fileURLToPath, pathToFileURL } = require('node:url');
const { SourceTextModule } = require('node:vm');

const ROOT = path.resolve(__dirname, '..');
const SOURCE = /^(?:client|lambdas|lib)\/.*\.ts$/;
/** Matches programs, which run when they are loaded. */
const PROGRAM = /^client\/[\w-]+\/main\.ts$|^lambdas\/[\w-]+\/handler\.ts$|-(?:process|program)\.ts$/;
/** Matches a variable, and a collection that is empty at first. */
const VARIABLE = /^(?:export )?(?:let |const .*= (?:new (?:Map|Set)(?:<.*>)?\(\)|\[\]|\{\});)/m;
/** Matches an import of `node:module`, which Jest makes for each test file, except of constants. */
const MODULE = /^import (?!\{ (?:builtinModules|isBuiltin) \})[^;]* from 'node:module';/m;
/** Matches modules whose only state are results that depend on nothing but their key. */
const CACHE =
  /^lib\/local\/(?:events\/event-fields|scheduler\/wall-clock|server\/signature\/signing-key|states\/interpreter\/expression)\.ts$/;

/** The modules that test files share, by URL. */
const shared = new Map();
/** The paths of their source maps, by file. */
const sourceMaps = new Map();
/** Whether a module has no state, by URL. */
const stateless = new Map();
/** The static imports of a module, each with the URL if it is a module of the project, by URL. */
const imports = new Map();
/** Imports a module for the current test file. */
let importNow;
/** Resolver of the current run of all tests. In watch mode there are more, and modules may change between them. */
let resolver;

/** Gives the modules that earlier test files have loaded to a test file. */
function giveSharedModules({ _resolution: resolution, esmLoader, mockState, registries, transformCache }) {
  if (resolution.resolver !== resolver)
    for (const map of [shared, sourceMaps, stateless, imports]) map.clear();
  resolver = resolution.resolver;
  const registry = registries.getActiveEsmRegistry();
  for (const [url, module] of shared) registry.set(url, module);
  for (const [file, map] of sourceMaps) transformCache.getSourceMaps().set(file, map);

  const { dynamicImport } = esmLoader;
  importNow = dynamicImport;
  esmLoader.dynamicImport = (specifier, module, ...rest) => {
    const isShared = shared.get(pathToFileURL(module.identifier).href) === module;
    return (isShared ? importNow : dynamicImport)(specifier, module, ...rest);
  };

  const { setModuleMock } = mockState;
  mockState.setModuleMock = (...args) => {
    setModuleMock.apply(mockState, args);
    const checked = new Map();
    for (const url of shared.keys()) if (importsMock(url, mockState, checked)) registry.delete(url);
  };
}

/** Keeps modules that a test file has loaded for later ones. */
function keepSharedModules({ _resolution: resolution, mockState, registries, transformCache }) {
  // The modules of this file may import its mocks.
  if (mockState.explicitEsmMock.size > 0) return;
  const registry = registries.getActiveEsmRegistry();
  for (const [url, module] of registry) {
    if (shared.has(url) || !(module instanceof SourceTextModule) || module.status !== 'evaluated') continue;
    if (!isStateless(url, registry, resolution)) continue;
    shared.set(url, module);
    const map = transformCache.getSourceMaps().get(module.identifier);
    if (map !== undefined) sourceMaps.set(module.identifier, map);
  }
}

function isStateless(url, registry, resolution) {
  const known = stateless.get(url);
  if (known !== undefined) return known;
  const file = url.endsWith('.ts') ? path.relative(ROOT, fileURLToPath(url)) : '';
  const isOwn = SOURCE.test(file) && !PROGRAM.test(file) && (CACHE.test(file) || !hasState(read(file)));
  if (isOwn) imports.set(url, importsOf(registry.get(url), resolution));
  // True for now, in case of a circle.
  stateless.set(url, isOwn);
  const answer =
    isOwn &&
    imports.get(url).every((each) => each.url === undefined || isStateless(each.url, registry, resolution));
  stateless.set(url, answer);
  return answer;
}

function read(file) {
  return readFileSync(path.join(ROOT, file), 'utf8');
}

/** Returns whether a module keeps something that the next test file could notice, from its source. */
function hasState(source) {
  return VARIABLE.test(source) || MODULE.test(source);
}

function importsOf(module, resolution) {
  const { dependencySpecifiers, identifier, moduleRequests } = module;
  const specifiers = moduleRequests?.map(({ specifier }) => specifier) ?? dependencySpecifiers;
  return specifiers.map((specifier) => {
    const isProject = specifier.startsWith('.');
    return {
      specifier,
      from: identifier,
      url: isProject ? pathToFileURL(resolution.resolveEsm(identifier, specifier)).href : undefined,
    };
  });
}

/** Returns whether a module imports a mock, directly or through other modules. */
function importsMock(url, mockState, checked) {
  const known = checked.get(url);
  if (known !== undefined) return known;
  checked.set(url, false);
  const answer = (imports.get(url) ?? []).some(
    (each) =>
      mockState.shouldMockEsmSync(each.from, each.specifier).shouldMock ||
      (each.url !== undefined && importsMock(each.url, mockState, checked)),
  );
  checked.set(url, answer);
  return answer;
}

module.exports = { giveSharedModules, hasState, keepSharedModules };
