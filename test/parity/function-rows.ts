import type { ParityRow } from './parity-row.js';

/** Section A of the comparison with aws-codeseeder: functions. */
export const FUNCTION_ROWS: readonly ParityRow[] = [
  {
    id: 'A.1',
    reference: 'configure(seedkit_name, deploy_if_not_exists): lazy defaults, evaluated once',
    tests: [
      'client/connection/defaults: Defaults that are a function are evaluated at the first call, once for all calls that need them meanwhile',
      'end-to-end/deploy-if-not-exists: A seedkit is deployed once although two processes at once, and a third later, find it missing, and destroyed with its data',
    ],
  },
  {
    id: 'A.2',
    reference: 'remote_function: A local call runs remotely; in the build the function simply runs',
    tests: [
      'end-to-end/runs: A function runs in the build and returns its value, with a record and a history',
      'client/same-types: The in-build client runs the function itself, and isRemote is true',
    ],
  },
  {
    id: 'A.3',
    reference: 'the value returned, with exported variables when there are any',
    tests: [
      'end-to-end/python: A Python function runs with a local module, a requirements file, keyword arguments, exported variables and a secret',
      'lambdas/collect-outcome/collect-outcome: A run whose build succeeded has succeeded, with its output and exported variables',
    ],
  },
  {
    id: 'A.4',
    reference: 'nested definition of a function of the same name with run-time options',
    tests: [
      'client/runner/two-modules: Two modules in one bundle run their own functions although these have the same name',
      'client/submit/run-options: Maps of kit and function are merged, where the entry of the function takes precedence, and single values are replaced',
      'client/connection/sessions: Calls of one kit use the account of their function before that of the kit, and that of the call before both',
    ],
  },
  {
    id: 'A.5',
    reference: 'concurrent calls from one process; bundle_id names a run',
    tests: [
      'end-to-end/many-runs: Runs all succeed with their own record and value when 20 are submitted at once',
      'end-to-end/runs: A run id in use attaches to the run if the input is the same, and is a conflict otherwise',
    ],
  },
  {
    id: 'A.6',
    reference: 'a session, or a function that gives one, per call',
    tests: [
      'client/connection/sessions: Calls of one kit in two accounts never mix, and look up the seedkit of each account once',
      'client/connection/sessions: Calls of one kit take their account from a function that is called once for each of them',
      'client/connection/aws-configuration: The clients of a connection assume a role once for all of them, with the options of the role',
      'end-to-end/restart: One kit runs in two local AWS at once, each run in its own',
    ],
  },
  {
    id: 'A.7',
    reference: 'a log callback, once per line, newline stripped',
    tests: [
      'end-to-end/logs: A log of 3 MB and 100,000 lines arrives complete, in order and without duplicates',
      'end-to-end/demo: `npm run demo` shows a value, a remote error, records, events and a history, and leaves no file or process',
    ],
  },
  {
    id: 'A.8',
    reference: 'deploy_seedkit, destroy_seedkit (empties the bucket, warns when absent), seedkit_deployed',
    tests: [
      'end-to-end/deploy: A seedkit keeps its data and options when it is deployed again, also after a deployment that failed',
      'end-to-end/deploy: `destroy` leaves table and packages until both are destroyed too, and a seedkit in a local AWS can take over the table',
      'client/deploy/empty-bucket: `emptyBucket` deletes 1,000 keys with each request, with versions and delete markers',
      'client/deploy/stack-state: Without a stack, a seedkit is not deployed and there is nothing to destroy',
    ],
  },
  {
    id: 'A.9',
    reference: 'deploy_modules: local packages into CodeArtifact, replacing the same version',
    tests: [
      'end-to-end/deploy: Builds install the deployed packages, and the new content after the same version is deployed again',
      'client/modules: `deployModules` deletes and publishes nothing if one package cannot be built',
    ],
  },
  {
    id: 'A.10',
    reference: 'module:function with args, kwargs, local modules, requirements, pip and pipx modules',
    tests: [
      'end-to-end/python: A Python function runs with a local module, a requirements file, keyword arguments, exported variables and a secret',
      'end-to-end/python: `run MODULE:FUNCTION` prints the value that the function returned',
      'lambdas/prepare-run/python-buildspec: The buildspec of a Python function installs its bundle, modules and tools into a virtual environment',
    ],
  },
  {
    id: 'A.11',
    reference: 'a prebuilt bundle, used as it is and never deleted',
    tests: [
      'client/submit/prebuilt-bundle: The run gets a prebuilt bundle at %s byte for byte (%j)',
      'client/submit/prebuilt-bundle: A prebuilt bundle is never changed or deleted',
    ],
  },
];
