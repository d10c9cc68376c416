import type { ParityRow } from './parity-row.js';

/** Section F: its defects, each with what shows that it did not come along. */
export const DEFECT_ROWS: readonly ParityRow[] = [
  {
    id: 'F.1',
    reference: "a failed run's bundle is never deleted",
    tests: ['seedkit: removes what lies under its prefixes after thirty days'],
  },
  {
    id: 'F.2',
    reference: 'log lines are lost',
    tests: [
      'client/run/read-logs: of 100,000 lines comes complete, in order, each once, though some pages are empty',
      'client/run/read-logs: shows lines that come late, after the run was over and nothing new was seen',
    ],
  },
  {
    id: 'F.3',
    reference: 'the list of exported variables grows with each call',
    tests: [
      'client/connection/defaults: do not grow with its calls',
      'client/submit/run-options: stay as they were given',
    ],
  },
  {
    id: 'F.4',
    reference: 'deleting 1,000 keys makes 1,000 requests',
    tests: [
      'client/deploy/empty-bucket: takes a request for each thousand keys, and takes versions and their markers along',
    ],
  },
  {
    id: 'F.5',
    reference: 'stack outputs shared between threads mix accounts',
    tests: ['client/connection/sessions: never mix, and look each account’s seedkit up once'],
  },
  {
    id: 'F.6',
    reference: 'the mirror secret is dead; a missing npm token becomes the text None',
    tests: [
      'client/runner-logins/mirrors: of one kind comes before that of both',
      'client/runner-logins/mirrors: with %s for credentials ends the build and writes nothing',
    ],
  },
  {
    id: 'F.7',
    reference: 'phase messages of a failed build are lost',
    tests: ['lambdas/collect-outcome/collect-outcome: says so when %s'],
  },
  {
    id: 'F.8',
    reference: 'a rolled-back stack counts as deployed',
    tests: ['client/deploy/stack-state: a stack that is %s with the outputs %j: %s'],
  },
  {
    id: 'F.9',
    reference: 'a build already finished at the first poll returns nothing',
    tests: ['lambdas/poll-build/poll-build: says that a complete build is done'],
  },
  {
    id: 'F.10',
    reference: 'an unknown phase name raises',
    tests: [
      'lambdas/poll-build/poll-build: tells a phase of a name that nobody here knows as CodeBuild names it',
      'lambdas/collect-outcome/collect-outcome: in a phase of a name that nobody here knows is told by that name',
    ],
  },
  {
    id: 'F.11',
    reference: "the remote exception's type and stack never come back",
    tests: [
      'end-to-end/runs: that throws gives its name, message, cause and TypeScript line',
      'end-to-end/python: that raises gives type, message, cause and the Python traceback',
    ],
  },
  {
    id: 'F.12',
    reference: 'files below a path with /build/ and dotfiles are dropped',
    tests: [
      'client/bundle/collect-files: may themselves lie below a folder of an ignored name',
      'client/bundle/collect-files: are taken along without packages, history and caches, but with dotfiles and what was built',
    ],
  },
  {
    id: 'F.13',
    reference: 'AWS_ variables cannot be exported, and the result travels in one',
    tests: [
      'contract/run-request: asks for no variable of AWS_ to be exported, because CodeBuild exports none',
      'end-to-end/runs: takes and returns 5 MB intact',
    ],
  },
];
