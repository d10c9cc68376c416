import type { ParityRow } from './parity-row.js';

/** Section A: functions. */
export const FUNCTION_ROWS: readonly ParityRow[] = [
  {
    id: 'A.1',
    reference: 'configure(seedkit_name, deploy_if_not_exists): lazy defaults, evaluated once',
    tests: [
      'client/connection/defaults: are evaluated at the first call, once for all that need them meanwhile',
      'end-to-end/deploy: is deployed once by all that ask for it, in two processes and a third that comes later',
    ],
  },
  {
    id: 'A.2',
    reference: 'remote_function: a local call runs remotely; in the build the function simply runs',
    tests: [
      'end-to-end/runs: runs in the build and its value comes back, recorded and with a history',
      'client/same-types: runs the function itself and says so',
    ],
  },
  {
    id: 'A.3',
    reference: 'the value returned, with exported variables when there are any',
    tests: [
      'end-to-end/python: runs with a local module, a requirements file, keyword arguments, exported variables and a secret',
      'lambdas/collect-outcome/collect-outcome: makes a run that succeeded, with its output and exported variables',
    ],
  },
  {
    id: 'A.4',
    reference: 'nested definition of a function of the same name with run-time options',
    tests: [
      'client/runner/two-modules: run each as themselves, though their functions bear the same name',
      'client/submit/run-options: merge maps, the nearer entry wins, and replace single values',
      'client/connection/sessions: use a function’s own account before the kit’s, and a call’s before both',
    ],
  },
  {
    id: 'A.5',
    reference: 'concurrent calls from one process; bundle_id names a run',
    tests: [
      'end-to-end/many-runs: all succeed with a record and a value of their own, and leave no build',
      'end-to-end/runs: of an id and input that exist is attached to; with another input it is a conflict',
    ],
  },
  {
    id: 'A.6',
    reference: 'a session, or a function that gives one, per call',
    tests: [
      'client/connection/sessions: never mix, and look each account’s seedkit up once',
      'client/connection/sessions: take the account from a function, asked once for each call',
      'client/connection/aws-configuration: take on a role once between them, with what the role asks for',
      'end-to-end/two-places: runs in two places at once, each run in its own',
    ],
  },
  {
    id: 'A.7',
    reference: 'a log callback, once per line, newline stripped',
    tests: [
      'end-to-end/logs: of 3 MB and 100,000 lines arrives complete, in order, once each',
      'end-to-end/demo: shows value, remote error, records, events and history, and leaves nothing behind',
    ],
  },
  {
    id: 'A.8',
    reference: 'deploy_seedkit, destroy_seedkit (empties the bucket, warns when absent), seedkit_deployed',
    tests: [
      'end-to-end/deploy: is made, runs, keeps data and options whether a deployment succeeds or fails, and goes with its data',
      'end-to-end/deploy: says why it failed, is made anew once that is mended, and leaves data that is in the way until it is destroyed',
      'client/deploy/empty-bucket: takes a request for each thousand keys, and takes versions and their markers along',
      'client/deploy/stack-state: no stack: not deployed, and nothing to destroy',
    ],
  },
  {
    id: 'A.9',
    reference: 'deploy_modules: local packages into CodeArtifact, replacing the same version',
    tests: [
      'end-to-end/modules: are installed by its builds, anew when the same version is deployed with other content',
      'client/modules: none is deleted or published when one cannot be built',
    ],
  },
  {
    id: 'A.10',
    reference: 'module:function with args, kwargs, local modules, requirements, pip and pipx modules',
    tests: [
      'end-to-end/python: runs with a local module, a requirements file, keyword arguments, exported variables and a secret',
      'end-to-end/python: prints the value that the function returned',
      'lambdas/prepare-run/python-buildspec: installs into a virtual environment of the run what the bundle carries, modules and tools',
    ],
  },
  {
    id: 'A.11',
    reference: 'a prebuilt bundle, used as it is and never deleted',
    tests: [
      'client/submit/prebuilt-bundle: at %s is what the run gets, byte for byte (%j)',
      'client/submit/prebuilt-bundle: is never changed or deleted',
    ],
  },
];
