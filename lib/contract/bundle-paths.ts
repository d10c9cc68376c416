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
  /** Local projects, folders with a `pyproject.toml` or `setup.py`, that pip installs. */
  pythonProjects: `${BUNDLE_OWN_FOLDER}/python/projects`,
  /** Requirements files of pip. */
  pythonRequirements: `${BUNDLE_OWN_FOLDER}/python/requirements`,
} as const;

/** What a build adds beside the bundle's own files. */
export const BUILD_PATHS = {
  /** The virtual environment that Python code of the run is installed into. */
  pythonEnvironment: `${BUNDLE_OWN_FOLDER}/python/venv`,
  /** The tools that pipx installs, each in an environment of its own. */
  pipx: `${BUNDLE_OWN_FOLDER}/python/pipx`,
} as const;
