/** Makes the pages of failures, limits, record and events, from the contract. */
import type ts from 'typescript';

import {
  EVENT_SOURCE,
  FAILURES,
  FAILURE_SEEN,
  MAP_STATE_CHANGE,
  mapStateChangeSchema,
  type FailureCode,
  OPERATION_FAILURES,
  RUN_REFUSED,
  RUN_REQUESTED,
  RUN_STATE_CHANGE,
  RUN_STATUSES,
  runStateChangeSchema,
  SCHEDULE_NAME_MAX_CHARACTERS,
  statusOfFailure,
  TERMINAL_STATUSES,
  TRIGGERS,
} from '../../lib/contract/index.js';
import * as limits from '../../lib/contract/limits.js';
import { constantsOf, inferredTypes, literalMembers, type Member } from './declarations.js';
import { code, page, table } from './markdown.js';
import { described, type DocGaps } from './type-pages.js';

const CONTRACT = 'lib/contract/index.ts';

/** Files whose declarations are on these pages. */
export const CONTRACT_FILES = [
  CONTRACT,
  'lib/contract/limits.ts',
  'lib/contract/maps/map-record.ts',
  'lib/contract/run-record.ts',
  'lib/contract/run-event.ts',
  'lib/contract/run-request.ts',
];

/** Returns the page of failure codes. */
export function failuresPage(): string {
  const runs = Object.entries(FAILURES).map(([failure, { seen, meaning, fix }]) => [
    code(failure),
    meaning,
    seenAs(failure as FailureCode, seen),
    fix,
  ]);
  const operations = Object.entries(OPERATION_FAILURES).map(([failure, { meaning, fix }]) => [
    code(failure),
    meaning,
    fix,
  ]);
  return page(
    'Failure codes',
    '`failure.code` in the record, `error.code` in the client and the execution’s error in the console are one of the codes of the first table. Codes are stable: branch on them, not on messages.',
    '## Failures of runs',
    table(['Code', 'What it means', 'Where you see it', 'What to do'], runs),
    '## Failures of other operations',
    'Errors of deploying, of a local AWS and of the command line. No run ends with one of these codes.',
    table(['Code', 'What it means', 'What to do'], operations),
  );
}

function seenAs(failure: FailureCode, seen: keyof typeof FAILURE_SEEN): string {
  return FAILURE_SEEN[seen].replace('ended so', `is \`${statusOfFailure(failure)}\``);
}

/** Returns the page of limits. */
export function limitsPage(program: ts.Program, gaps: DocGaps): string {
  const values = limits as unknown as Readonly<Record<string, unknown>>;
  const rows = constantsOf(program, 'lib/contract/limits.ts').map(({ name, doc }) => {
    gaps.checkText(name, doc);
    return [code(name), value(name, values[name]), described(doc)];
  });
  return page(
    'Limits',
    'Limits of the services that a run passes through, and the margins kept below them. What is too large is refused before anything is uploaded.',
    table(['Limit', 'Value', 'Meaning'], rows),
    '## Names',
    table(
      ['Name', 'Limit'],
      [
        ['Seedkit', '1 to 27 lower-case letters, digits and single hyphens, a letter first'],
        ['Run id', '1 to 80 letters, digits, underscores and hyphens'],
        ['Schedule', `1 to ${SCHEDULE_NAME_MAX_CHARACTERS} letters, digits, underscores and hyphens`],
        ['Path of a seedkit’s roles', '155 characters'],
        ['Deploy id', 'six lower-case letters'],
      ],
    ),
  );
}

function value(name: string, limit: unknown): string {
  if (typeof limit === 'object' && limit !== null) {
    return Object.entries(limit)
      .map(([key, part]) => `${key} ${String(part)}`)
      .join(', ');
  }
  const number = Number(limit);
  return name.endsWith('BYTES') ? bytes(number) : number.toLocaleString('en-US');
}

function bytes(count: number): string {
  const [unit, size] = (
    [
      ['TiB', 1024 ** 4],
      ['GiB', 1024 ** 3],
      ['MiB', 1024 ** 2],
      ['KiB', 1024],
    ] as const
  ).find(([, each]) => count >= each && count % each === 0) ?? ['bytes', 1];
  return `${(count / size).toLocaleString('en-US')} ${unit}`;
}

/** Returns the sections of published targets: what starts one, and the list of its versions. */
function targetSections(program: ts.Program, gaps: DocGaps): string[] {
  const file = 'lib/contract/targets/published-target.ts';
  const typed = (members: readonly Member[], type: string) => {
    const types = inferredTypes(program, CONTRACT, type);
    return members.map((member) => ({ ...member, ...types.get(member.name) }));
  };
  const start = literalMembers(program, 'lib/contract/targets/target-start.ts', 'targetStartSchema');
  return [
    '### The start of a target',
    'An event that starts a [published target](../guide.md#published-targets) has this detail instead, and so has an object of the inbox or a call of the handler `start-target`.',
    fieldTable('TargetStart', typed(start, 'TargetStart'), gaps),
    '### A target',
    'The object `published/targets/<name>.json` in the bucket, and what `kit.targets` returns:',
    fieldTable('TargetState', typed(literalMembers(program, file, 'targetStateSchema'), 'TargetState'), gaps),
    'Each of its `versions`:',
    fieldTable(
      'TargetVersion',
      typed(literalMembers(program, file, 'targetVersionSchema'), 'TargetVersion'),
      gaps,
    ),
  ];
}

/** Returns the page of the record and the events. */
export function recordPage(program: ts.Program, gaps: DocGaps): string {
  const announced = new Set(Object.keys(runStateChangeSchema.shape));
  const fields = typed(literalMembers(program, 'lib/contract/run-record.ts', 'runRecordSchema'), 'RunRecord');
  const refused = literalMembers(program, 'lib/contract/run-event.ts', 'runRefusedSchema');
  const requested = typed(
    literalMembers(program, 'lib/contract/run-request.ts', 'requestedRunSchema'),
    'RequestedRun',
  );
  const failure = literalMembers(program, 'lib/contract/run-record.ts', 'runFailureSchema');
  const map = literalMembers(program, 'lib/contract/maps/map-record.ts', 'mapRecordSchema');
  const statuses = RUN_STATUSES.map((status) => [
    code(status),
    (TERMINAL_STATUSES as readonly string[]).includes(status) ? 'terminal: it never changes' : 'active',
  ]);
  return page(
    'Record and events',
    'A run has one record, in the table `codeseeder-<seedkit>-runs`, and an event for each change of its status, on the bus `codeseeder-<seedkit>`. [Events](../events.md) has examples of rules. The package has a JSON schema of the detail of each event, such as `codeseeder/schemas/run-state-change.json`.',
    '## Statuses',
    table(['Status', 'Kind'], statuses),
    '## Record',
    `\`trigger\` is one of ${TRIGGERS.map(code).join(', ')}.`,
    fieldTable('RunRecord', fields, gaps, (name) => [announced.has(name) ? 'yes' : 'no'], ['In the event']),
    '### failure',
    fieldTable('RunFailure', typed(failure, 'RunFailure'), gaps),
    '## Record of a map',
    'An item of the same table with the key `map:<mapId>`. [Maps](../guide.md#maps) says how to read it.',
    fieldTable(
      'MapRecord',
      typed(map, 'MapRecord'),
      gaps,
      (name) => [name in mapStateChangeSchema.shape ? 'yes' : 'no'],
      ['In the event'],
    ),
    `## ${RUN_STATE_CHANGE}`,
    `Source \`${EVENT_SOURCE}\`, detail-type \`${RUN_STATE_CHANGE}\`. The detail is \`version: 1\` and the record’s fields marked above. An event may come twice.`,
    `## ${MAP_STATE_CHANGE}`,
    `Source \`${EVENT_SOURCE}\`, detail-type \`${MAP_STATE_CHANGE}\`: a map runs, or has ended. The detail is \`version: 1\` and the fields of the map’s record that are marked above. An event may come twice. A map whose execution was stopped, or ran longer than its machine allows, sends no event of its end.`,
    `## ${RUN_REQUESTED}`,
    `Send an event with detail-type \`${RUN_REQUESTED}\` and any source to the seedkit’s bus to start a run. Its detail:`,
    fieldTable('RequestedRun', requested, gaps),
    ...targetSections(program, gaps),
    `## ${RUN_REFUSED}`,
    `Source \`${EVENT_SOURCE}\`, detail-type \`${RUN_REFUSED}\`: a request that never became a run.`,
    fieldTable('RunRefused', typed(refused, 'RunRefused'), gaps),
  );

  function typed(members: readonly Member[], type: string): readonly Member[] {
    const types = inferredTypes(program, CONTRACT, type);
    return members.map((member) => ({ ...member, ...types.get(member.name) }));
  }
}

function fieldTable(
  owner: string,
  members: readonly Member[],
  gaps: DocGaps,
  more: (name: string) => string[] = () => [],
  columns: string[] = [],
): string {
  for (const member of members) gaps.check(owner, member);
  return table(
    ['Field', 'Type', ...columns, 'Meaning'],
    members.map(({ name, type, optional, doc }) => [
      code(optional ? `${name}?` : name),
      code(type),
      ...more(name),
      described(doc),
    ]),
  );
}
