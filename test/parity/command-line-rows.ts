import type { ParityRow } from './parity-row.js';

/** Section C of the comparison with aws-codeseeder: the command line. */
export const COMMAND_LINE_ROWS: readonly ParityRow[] = [
  {
    id: 'C.1',
    reference: 'deploy seedkit NAME, every flag; a redeploy without flags keeps what was deployed',
    tests: [
      'end-to-end/deploy: `deploy` reports why it failed, and succeeds once the cause is gone',
      'end-to-end/deploy: A seedkit keeps its data and options when it is deployed again, also after a deployment that failed',
      'client/deploy/settings-context: A setting that is left out keeps its deployed value',
      'client/deploy/settings-context: A setting of null is reset to its default',
    ],
  },
  {
    id: 'C.1.vpc',
    reference: 'all three VPC inputs or none: a part of them is an error',
    tests: ['client/cli/main: The command %j exits with 2 and a message on standard error'],
  },
  {
    id: 'C.2',
    reference: 'destroy seedkit NAME',
    tests: [
      'end-to-end/deploy: `destroy` leaves table and packages until both are destroyed too, and a seedkit in a local AWS can take over the table',
    ],
  },
  {
    id: 'C.3',
    reference: 'deploy modules NAME --module pkg:dir...',
    tests: [
      'end-to-end/deploy: Builds install the deployed packages, and the new content after the same version is deployed again',
      'client/modules: `readLocalModules` refuses %j',
    ],
  },
  {
    id: 'C.4',
    reference: 'execute --args-file FILE',
    tests: [
      'client/cli/execute: `execute` runs a function of the bundle and prints only its value on standard output',
      'client/cli/execute: `execute` runs a Python function',
    ],
  },
];
