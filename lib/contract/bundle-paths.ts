/** Folder of the bundle that is ours; everything beside it is the user's `dirs` and `files`. */
export const BUNDLE_OWN_FOLDER = '.codeseeder';

/** Paths inside the bundle. */
export const BUNDLE_PATHS = {
  manifest: `${BUNDLE_OWN_FOLDER}/manifest.json`,
  nodeRunner: `${BUNDLE_OWN_FOLDER}/runner.mjs`,
  nodeModules: `${BUNDLE_OWN_FOLDER}/node`,
  /** A folder: Python runs it as a program. */
  pythonRunner: `${BUNDLE_OWN_FOLDER}/runner-python`,
  /** Local packages and folders of Python code that are put on the path as they are. */
  pythonModules: `${BUNDLE_OWN_FOLDER}/python/modules`,
  /** Local projects that pip or uv installs. */
  pythonProjects: `${BUNDLE_OWN_FOLDER}/python/projects`,
  /** Requirements files of pip and what they name, in the same places to each other as at home. */
  pythonRequirements: `${BUNDLE_OWN_FOLDER}/python/requirements`,
  /** What is installed together, made while packing: one requirements file for each step, in the order of their names. */
  pythonSteps: `${BUNDLE_OWN_FOLDER}/python/steps`,
  /** Index options and constraints of all requirements files, for every step: a requirements file. */
  pythonCommonOptions: `${BUNDLE_OWN_FOLDER}/python/options.txt`,
  /** The constraints that it names. */
  pythonConstraints: `${BUNDLE_OWN_FOLDER}/python/constraints.txt`,
} as const;

/** What a build adds beside the bundle's own files. */
export const BUILD_PATHS = {
  /** The virtual environment that Python code of the run is installed into. */
  pythonEnvironment: `${BUNDLE_OWN_FOLDER}/python/venv`,
  /** The tools that pipx installs, each in an environment of its own. */
  pipx: `${BUNDLE_OWN_FOLDER}/python/pipx`,
} as const;

/** The lock file of uv: a folder of Python code that has one is installed from it. */
export const UV_LOCK_FILE = 'uv.lock';
