/**
 * Folder of the bundle with codeseeder's own files and the compiled modules. Outside it are the user's `dirs` and
 * `files`, and the packages and files that code loads at run time.
 */
export const BUNDLE_OWN_FOLDER = '.codeseeder';

/** Paths of codeseeder's files, relative to the bundle's root. */
export const BUNDLE_PATHS = {
  manifest: `${BUNDLE_OWN_FOLDER}/manifest.json`,
  nodeRunner: `${BUNDLE_OWN_FOLDER}/runner.mjs`,
  nodeModules: `${BUNDLE_OWN_FOLDER}/node`,
  /** JSON object from the path of each of the user's modules, as it appears in stacks, to its source code. */
  nodeSources: `${BUNDLE_OWN_FOLDER}/node/sources.json`,
  /** A folder that Python runs as a program. */
  pythonRunner: `${BUNDLE_OWN_FOLDER}/runner-python`,
  /** Local packages and folders of Python code that the runner adds to `sys.path`. */
  pythonModules: `${BUNDLE_OWN_FOLDER}/python/modules`,
  /** Local projects that pip or uv installs. */
  pythonProjects: `${BUNDLE_OWN_FOLDER}/python/projects`,
  /** Requirements files of pip and the files they refer to. Their relative paths are kept. */
  pythonRequirements: `${BUNDLE_OWN_FOLDER}/python/requirements`,
  /** Requirements files that packing writes, one per installation step. Steps run in the order of their names. */
  pythonSteps: `${BUNDLE_OWN_FOLDER}/python/steps`,
  /** Requirements file with the index options and constraints of all requirements files, used in every step. */
  pythonCommonOptions: `${BUNDLE_OWN_FOLDER}/python/options.txt`,
  /** Constraints file that {@link BUNDLE_PATHS.pythonCommonOptions} refers to. */
  pythonConstraints: `${BUNDLE_OWN_FOLDER}/python/constraints.txt`,
} as const;

/** Paths that a build creates, relative to the bundle's root. */
export const BUILD_PATHS = {
  /** Virtual environment for the Python code of the run. */
  pythonEnvironment: `${BUNDLE_OWN_FOLDER}/python/venv`,
  /** Tools that pipx installs, each in an environment of its own. */
  pipx: `${BUNDLE_OWN_FOLDER}/python/pipx`,
} as const;

/** Lock file of uv. A local Python project that has one is installed from it. */
export const UV_LOCK_FILE = 'uv.lock';
