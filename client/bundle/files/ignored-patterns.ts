/**
 * Patterns of files that are left out of every folder: installed packages, version history, output of CDK and
 * codeseeder, caches, and environments of one machine. Build output such as `dist` is included.
 */
export const ALWAYS_IGNORED = [
  'node_modules',
  '.git',
  '.hg',
  '.svn',
  'cdk.out',
  'codeseeder.out',
  '__pycache__',
  '.mypy_cache',
  '.pytest_cache',
  '.ruff_cache',
  '.hypothesis',
  '.ipynb_checkpoints',
  '.cache',
  '.eslintcache',
  '.parcel-cache',
  '.sass-cache',
  '.turbo',
  '.gradle',
  '.terragrunt-cache',
  '.terraform',
  '.venv',
  '.tox',
  '.nox',
  '.direnv',
] as const;

/**
 * Patterns of build output, which is also left out of `localModules`: pip builds the project, and would include stale
 * files.
 */
export const PYTHON_BUILD_PATTERNS = ['build', 'dist', '*.egg-info'] as const;

/** A folder with this file is a virtual environment of Python, which is left out. */
export const ENVIRONMENT_FILE = 'pyvenv.cfg';
