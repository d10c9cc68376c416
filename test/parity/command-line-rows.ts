import type { ParityRow } from './parity-row.js';

/** Section C: the command line. */
export const COMMAND_LINE_ROWS: readonly ParityRow[] = [
  {
    id: 'C.1',
    reference: 'deploy seedkit NAME, every flag; a redeploy without flags keeps what was deployed',
    tests: [
      'end-to-end/deploy: says why it failed, is made anew once that is mended, and leaves data that is in the way until it is destroyed',
      'client/deploy/settings-context: is kept from one deployment to the next, each setting of it',
      'client/deploy/settings-context: goes back to its default with null, each setting on its own',
    ],
  },
  {
    id: 'C.1.vpc',
    reference: 'all three VPC inputs or none: a part of them is an error',
    tests: ['end-to-end/deploy: is printed with --synth, and refused with a part of a VPC'],
  },
  {
    id: 'C.2',
    reference: 'destroy seedkit NAME',
    tests: [
      'end-to-end/deploy: says why it failed, is made anew once that is mended, and leaves data that is in the way until it is destroyed',
    ],
  },
  {
    id: 'C.3',
    reference: 'deploy modules NAME --module pkg:dir...',
    tests: [
      'end-to-end/modules: are installed by its builds, anew when the same version is deployed with other content',
      'client/modules: given as %j is refused',
    ],
  },
  {
    id: 'C.4',
    reference: 'execute --args-file FILE',
    tests: [
      'client/cli/execute: runs a function of the bundle, its value and nothing else on standard output',
      'client/cli/execute: runs a Python function',
    ],
  },
];
