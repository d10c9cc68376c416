import type { ParityRow } from './parity-row.js';

/**
 * Section F of the comparison with aws-codeseeder: its defects. The tests show that this project does not have them.
 */
export const DEFECT_ROWS: readonly ParityRow[] = [
  {
    id: 'F.1',
    reference: "a failed run's bundle is never deleted",
    tests: ['seedkit: The bucket deletes objects of its prefixes after thirty days, and caches after seven'],
  },
  {
    id: 'F.2',
    reference: 'log lines are lost',
    tests: [
      'client/run/read-logs: A log of 100,000 lines is read complete, in order, each line once, though some pages are empty',
      'client/run/read-logs: Lines that come within ten seconds after the end of a run are read',
    ],
  },
  {
    id: 'F.3',
    reference: 'the list of exported variables grows with each call',
    tests: [
      'client/connection/defaults: The options of a kit do not grow with its calls',
      'client/submit/run-options: Merging options does not change them',
    ],
  },
  {
    id: 'F.4',
    reference: 'deleting 1,000 keys makes 1,000 requests',
    tests: [
      'client/deploy/empty-bucket: `emptyBucket` deletes 1,000 keys with each request, with versions and delete markers',
    ],
  },
  {
    id: 'F.5',
    reference: 'stack outputs shared between threads mix accounts',
    tests: [
      'client/connection/sessions: Calls of one kit in two accounts never mix, and look up the seedkit of each account once',
    ],
  },
  {
    id: 'F.6',
    reference: 'the mirror secret is dead; a missing npm token becomes the text None',
    tests: [
      'client/runner-logins/mirrors: The secret of one kind of packages takes precedence over that of both',
      'client/runner-logins/mirrors: Credentials of npm with %s end the build and write nothing',
    ],
  },
  {
    id: 'F.7',
    reference: 'phase messages of a failed build are lost',
    tests: ['lambdas/collect-outcome/collect-outcome: The failure of a run says that %s'],
  },
  {
    id: 'F.8',
    reference: 'a rolled-back stack counts as deployed',
    tests: [
      'client/deploy/stack-state: `seedkitDeployed` for a stack that is %s with the outputs %j returns %s',
    ],
  },
  {
    id: 'F.9',
    reference: 'a build already finished at the first poll returns nothing',
    tests: ['lambdas/poll-build/poll-build: `poll-build` returns the task token if the build is complete'],
  },
  {
    id: 'F.10',
    reference: 'an unknown phase name raises',
    tests: [
      'lambdas/poll-build/poll-build: `poll-build` records a phase with an unknown name as CodeBuild names it',
      'lambdas/collect-outcome/collect-outcome: A failure in a phase whose name is unknown is reported by that name',
    ],
  },
  {
    id: 'F.11',
    reference: "the remote exception's type and stack never come back",
    tests: [
      'end-to-end/runs: A function that throws gives name, message, cause and TypeScript line of its error',
      'end-to-end/python: A Python function that raises gives type, message, cause and the Python traceback',
    ],
  },
  {
    id: 'F.12',
    reference: 'files below a path with /build/ and dotfiles are dropped',
    tests: [
      'client/bundle/files/collect-files: `collectFiles` lists a folder below a folder with an ignored name',
      'client/bundle/files/collect-files: `collectFiles` lists a folder with dotfiles and build output, but without packages, history and caches',
    ],
  },
  {
    id: 'F.13',
    reference: 'AWS_ variables cannot be exported, and the result travels in one',
    tests: [
      'contract/run-request: A run request may not export a variable whose name starts with AWS_, because CodeBuild exports none',
      'end-to-end/runs: A function takes and returns 5 MB unchanged',
    ],
  },
];
