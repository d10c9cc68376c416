/**
 * Patterns of what is left out of every folder: packages that are installed again, the history, what CDK and
 * codeseeder write, caches, and environments that hold for one machine only. What a build made, such as `dist`, is
 * not among them.
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

/** Patterns of what is also left out of Python's `localModules`: pip builds it anew, and would take along stale files. */
export const PYTHON_BUILD_PATTERNS = ['build', 'dist', '*.egg-info'] as const;

/** A folder with this file is a virtual environment of Python, whatever its name, and is left out. */
export const ENVIRONMENT_FILE = 'pyvenv.cfg';
