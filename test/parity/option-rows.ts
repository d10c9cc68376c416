import type { ParityRow } from './parity-row.js';

const MERGED = 'client/submit/run-options: The option %s is short for that of the build';
const PASSED_ON = 'lambdas/prepare-run/prepare-run: A run passes every allowed option to CodeBuild';
const COMMANDS =
  'lambdas/prepare-run/buildspec: The buildspec runs the target in the build phase between the commands before and after it';
const PYTHON =
  'lambdas/prepare-run/python-buildspec: The buildspec of a Python function installs its bundle, modules and tools into a virtual environment';

/**
 * Section B of the comparison with aws-codeseeder: options. Each can be set for the kit, and overridden or extended
 * for a function and a call.
 */
export const OPTION_ROWS: readonly ParityRow[] = [
  {
    id: 'B.merge',
    reference: 'lists add, maps merge, single values override',
    tests: [
      'client/submit/run-options: Lists of kit, function and call are joined in this order',
      'client/submit/run-options: Maps of kit and function are merged, where the entry of the function takes precedence, and single values are replaced',
      'client/submit/run-options: Every build option of the contract has a test of its merging',
      MERGED,
    ],
  },
  { id: 'B.timeout', reference: 'timeout, 30 minutes', tests: [MERGED, PASSED_ON] },
  { id: 'B.python_modules', reference: 'python_modules', tests: [MERGED, PYTHON] },
  { id: 'B.pythonpipx_modules', reference: 'pythonpipx_modules', tests: [MERGED, PYTHON] },
  {
    id: 'B.local_modules',
    reference: 'local_modules {name: dir}',
    tests: [
      'client/submit/submit-python: Submitting a Python function packs the local modules of kit and call, and the requirements',
      'client/bundle/python-bundle: The bundle of a Python function has projects where pip installs them, packages on the module path, and requirements',
    ],
  },
  {
    id: 'B.requirements_files',
    reference: 'requirements_files {name: file}',
    tests: [
      'client/submit/submit-python: Submitting a Python function packs the local modules of kit and call, and the requirements',
      'client/runner-python/install: `install.py` calls pip for requirements, then projects, then modules, from the bundle’s folder',
    ],
  },
  { id: 'B.codebuild_image', reference: 'codebuild_image', tests: [MERGED, PASSED_ON] },
  { id: 'B.codebuild_role', reference: 'codebuild_role', tests: [MERGED, PASSED_ON] },
  { id: 'B.codebuild_environment_type', reference: 'codebuild_environment_type', tests: [MERGED, PASSED_ON] },
  { id: 'B.codebuild_compute_type', reference: 'codebuild_compute_type', tests: [MERGED, PASSED_ON] },
  {
    id: 'B.npm_mirror',
    reference: 'npm_mirror',
    tests: [
      'lambdas/prepare-run/registry-logins: Logins use the mirrors of the request, each as one word',
      'client/runner-logins/mirrors: The mirror of npm is stored with its token in a private file',
    ],
  },
  {
    id: 'B.pypi_mirror',
    reference: 'pypi_mirror',
    tests: [
      'lambdas/prepare-run/registry-logins: Logins use the mirrors of the request, each as one word',
      'client/runner-logins/mirrors: The mirror of PyPI is stored for pip in a private file, and its password is never logged',
    ],
  },
  {
    id: 'B.install_commands',
    reference: 'install_commands',
    tests: [
      MERGED,
      'lambdas/prepare-run/buildspec: The buildspec installs the packages, each quoted, and then runs the install commands',
    ],
  },
  {
    id: 'B.pre_build_commands',
    reference: 'pre_build_commands',
    tests: [
      MERGED,
      'lambdas/prepare-run/buildspec: The buildspec gives pre_build and post_build their commands',
    ],
  },
  { id: 'B.pre_execution_commands', reference: 'pre_execution_commands', tests: [MERGED, COMMANDS] },
  { id: 'B.build_commands', reference: 'build_commands', tests: [MERGED, COMMANDS] },
  {
    id: 'B.post_build_commands',
    reference: 'post_build_commands',
    tests: [
      MERGED,
      'lambdas/prepare-run/buildspec: The buildspec gives pre_build and post_build their commands',
    ],
  },
  {
    id: 'B.dirs',
    reference: 'dirs {name: dir}',
    tests: [
      MERGED,
      'client/bundle/files/collect-files: `collectFiles` lists a folder with dotfiles and build output, but without packages, history and caches',
      'end-to-end/runs: Commands run in one shell, with folders, and end with the first that fails',
    ],
  },
  {
    id: 'B.files',
    reference: 'files {name: file}, the name may hold /',
    tests: [
      MERGED,
      'client/bundle/files/collect-files: `collectFiles` lists a file under the path of its key',
    ],
  },
  {
    id: 'B.env_vars',
    reference: 'env_vars: text, or value with PLAINTEXT, PARAMETER_STORE, SECRETS_MANAGER',
    tests: [
      MERGED,
      'client/submit/run-options: The option environment accepts text for a plain variable',
      'end-to-end/secrets: Secrets and parameters reach the build of a run and appear nowhere else',
    ],
  },
  {
    id: 'B.exported_env_vars',
    reference: 'exported_env_vars',
    tests: [
      MERGED,
      'lambdas/prepare-run/buildspec: The buildspec exports each variable once',
      'client/runner/exported-variables: Exported variables are set in the build afterwards and in its processes',
    ],
  },
  {
    id: 'B.abort_phases_on_failure',
    reference: 'abort_phases_on_failure, true',
    tests: [
      MERGED,
      'lambdas/prepare-run/buildspec: The buildspec for %j sets on-failure of install and pre_build to %s',
    ],
  },
  {
    id: 'B.runtime_versions',
    reference: 'runtime_versions',
    tests: [MERGED, 'lambdas/prepare-run/buildspec: The buildspec names the runtime versions'],
  },
  {
    id: 'B.prebuilt_bundle',
    reference: 'prebuilt_bundle',
    tests: [
      MERGED,
      'client/submit/prebuilt-bundle: The run gets a prebuilt bundle at %s byte for byte (%j)',
      'client/submit/prebuilt-bundle: The list of a packed bundle gives the run all its layers and copies those that are missing',
    ],
  },
  {
    id: 'B.bundle_id',
    reference: 'bundle_id: here the run id',
    tests: [
      'end-to-end/runs: A run id in use attaches to the run if the input is the same, and is a conflict otherwise',
    ],
  },
  {
    id: 'B.function_module',
    reference: 'function_module, function_name',
    tests: [
      'client/submit/resolve-export: The export name of a function is its own name when the module is given by its path',
      'client/submit/prebuilt-bundle: A prebuilt bundle runs a function by its name',
    ],
  },
  {
    id: 'B.project',
    reference: 'never given: an existing CodeBuild project',
    tests: [
      MERGED,
      PASSED_ON,
      'control-plane/handler-access: Handlers that use builds may use the allowed projects',
    ],
  },
  { id: 'B.fleet', reference: 'never given: reserved fleets', tests: [MERGED, PASSED_ON] },
  { id: 'B.lambda_compute', reference: 'never given: Lambda compute', tests: [MERGED] },
  {
    id: 'B.queued_timeout',
    reference: 'never given: queue timeout',
    tests: [
      MERGED,
      'lambdas/prepare-run/prepare-run: A run waits for its build no longer than the request says',
    ],
  },
  {
    id: 'B.privileged',
    reference: 'never given: privileged mode off, and on by option',
    tests: [
      MERGED,
      PASSED_ON,
      'lambdas/prepare-run/prepare-run: A run builds the bundle with its input beside it and its output in a folder that only the build is allowed to write',
    ],
  },
  {
    id: 'B.links',
    reference: 'never given: the links of build and execution at the start',
    tests: [
      'client/console-url: The link to the console for partition %s in %s starts with %s',
      'client/cli/run/progress-display: On a terminal, phases and lines of the user stay, above one status line',
    ],
  },
  {
    id: 'B.isolation',
    reference: "never given: the library's own dependencies apart from the user's",
    tests: [
      'client/bundle/modules/bundle-modules: A bundle has only the part of codeseeder that runs inside a build',
      'client/runner-python/python-values: A Python bundle may have modules with the names of those that the runner needs',
    ],
  },
];
