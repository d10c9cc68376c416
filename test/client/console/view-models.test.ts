import { describe, expect, it } from '@jest/globals';

import { argumentsOf, bodyOf, faultOf } from '../../../client/console/app/model/arguments.js';
import { commandsOfMap, commandsOfRun } from '../../../client/console/app/model/commands.js';
import {
  faultOfFilter,
  faultOfFilters,
  filtersOf,
  noMatchText,
  searchOf,
  STATUSES,
  TRIGGERS,
} from '../../../client/console/app/model/filters.js';
import { formatAge, formatDuration } from '../../../client/console/app/model/format.js';
import { entriesToShow, noteOfList } from '../../../client/console/app/model/list-state.js';
import { describeProblem } from '../../../client/console/app/model/problem-text.js';
import { askSince, idsToAsk, merged, noteOf, titleOf } from '../../../client/console/app/model/run-list.js';
import { detailsOfSchedule, runsOfSchedule, timesOf } from '../../../client/console/app/model/schedules.js';
import { wordAt } from '../../../client/console/app/model/stack.js';
import { byType } from '../../../client/console/app/model/stack-resources.js';
import { captionOfHours, countOf } from '../../../client/console/app/model/hour-counts.js';
import { entryAfterKey } from '../../../client/console/app/model/list-keys.js';
import * as contract from '../../../lib/contract/index.js';
import { aRunRecord } from '../../contract/builders.js';

describe('The word at the column of an error', () => {
  it.each([
    ['  throw new Error(x);', 9, 'new'],
    ['  await $all.run();', 9, '$all'],
    ['f(🚀)', 3, '🚀'],
    ['raise ValueError(name)', undefined, ''],
    ['short', 300, ''],
  ])('The line %j has at column %s the word %j, and loses nothing', (text, column, word) => {
    const parts = wordAt(text, column);

    expect(parts.word).toBe(word);
    expect(`${parts.before}${parts.word}${parts.behind}`).toBe(text);
  });
});

describe('The list of runs', () => {
  const older = aRunRecord({ runId: 'older', queuedAt: '2026-03-01T10:00:00.000Z', status: 'BUILDING' });
  const newer = aRunRecord({ runId: 'newer', queuedAt: '2026-03-01T11:00:00.000Z', status: 'QUEUED' });

  it('Changes replace records, and new runs come first', () => {
    const ended = { ...older, status: 'SUCCEEDED' } as const;

    expect(merged([older], [newer, ended], {})).toEqual([newer, ended]);
  });

  it('A run that no longer has the status to list is left out', () => {
    expect(merged([older], [{ ...older, status: 'FAILED' }], { status: 'BUILDING' })).toEqual([]);
  });

  it('A run of a map has the name of its map and the index of its input, unless it has a name of its own', () => {
    const run = { runId: 'map-1-7', target: 'test $X', mapId: 'map-1', mapIndex: 7 };

    expect(titleOf(run, { 'map-1': 'Check each account' })).toBe('Check each account · input 7');
    expect(titleOf(run, {})).toBe('test $X · input 7');
    expect(titleOf({ ...run, name: 'Own' }, { 'map-1': 'Check each account' })).toBe('Own');
    expect(titleOf({ runId: 'run-1', target: 'test $X' }, {})).toBe('test $X');
  });

  it('A run that failed shows its failure, and one that goes on what it does', () => {
    const failed = aRunRecord({ status: 'FAILED', phase: 'BUILD' });

    expect(noteOf({ ...failed, failureLine: 'TypeError: no stage' })).toBe('TypeError: no stage');
    expect(noteOf(aRunRecord({ status: 'BUILDING', phase: 'BUILD' }))).toBe('BUILD');
    expect(noteOf(aRunRecord({ status: 'SUCCEEDED', phase: 'COMPLETED' }))).toBeUndefined();
  });

  it('Only runs that go on are asked for, and new runs from a minute before the newest on', () => {
    const ended = aRunRecord({ runId: 'ended', status: 'FAILED' });

    expect(idsToAsk([newer, older, ended])).toEqual(['newer', 'older']);
    expect(askSince([newer, older], 0)).toBe('2026-03-01T10:59:00.000Z');
  });
});

describe('The keys of a list', () => {
  const pressed = { altKey: false, ctrlKey: false, metaKey: false };

  it.each([
    ['j', -1, 0],
    ['ArrowDown', 0, 1],
    ['ArrowDown', 2, 2],
    ['k', 2, 1],
    ['ArrowUp', 0, 0],
    ['ArrowUp', -1, 0],
    ['Enter', 0, undefined],
  ])('The key %s leads from entry %p of three to %p', (key, at, expected) => {
    expect(entryAfterKey({ ...pressed, key }, at, 3)).toBe(expected);
  });

  it('A key of a shortcut, and a key in an empty list, lead nowhere', () => {
    expect(entryAfterKey({ ...pressed, key: 'k', ctrlKey: true }, 0, 3)).toBeUndefined();
    expect(entryAfterKey({ ...pressed, key: 'j' }, -1, 0)).toBeUndefined();
  });
});

describe('A list that is read again and again', () => {
  const entries = ['a'];

  it('A list without entries is empty only if the last read succeeded', () => {
    expect(noteOfList({ entries: [], isLoaded: true, error: undefined })).toBe('empty');
    expect(noteOfList({ entries, isLoaded: true, error: undefined })).toBeUndefined();
    expect(noteOfList({ entries, isLoaded: false, error: undefined })).toBe('loading');
    for (const isLoaded of [true, false])
      expect(noteOfList({ entries: [], isLoaded, error: 'no answer' })).toBeUndefined();
  });

  it('After a read that failed, the last known entries are shown, but none of other filters', () => {
    expect(entriesToShow({ entries, isLoaded: true, error: 'no answer' })).toEqual(entries);
    expect(entriesToShow({ entries, isLoaded: false, error: undefined })).toEqual(entries);
    expect(entriesToShow({ entries, isLoaded: false, error: 'no answer' })).toEqual([]);
  });
});

describe('The numbers of runs by status', () => {
  const counted = {
    hours: [
      { atMs: 0, counts: { FAILED: 1 } },
      { atMs: 3_600_000, counts: { FAILED: 2, QUEUED: 1 } },
    ],
    isPartial: false,
  };

  it('The number of runs with a status is that of all hours, and is not 0 before the runs are counted', () => {
    expect(countOf(counted, 'FAILED')).toBe(3);
    expect(countOf(counted, 'SUCCEEDED')).toBe(0);
    expect(countOf(undefined, 'FAILED')).toBeUndefined();
  });

  it.each([
    [{ counted, error: 'no answer' }, 'runs by hour'],
    [{ counted: { ...counted, isPartial: true }, error: undefined }, 'newest 10,000 runs, by hour'],
    [{ counted: undefined, error: undefined }, 'counting runs …'],
    [{ counted: undefined, error: 'no answer' }, 'runs by hour are not known'],
  ])('The bars of %j have the caption %s', (known, expected) => {
    expect(captionOfHours(known)).toBe(expected);
  });
});

describe('A request that failed', () => {
  const local = {
    seedkit: 'my-kit',
    account: '000000000000',
    region: 'eu-central-1',
    isLocal: true,
    program: 'npx codeseeder',
    servedBy: 'npx codeseeder local up my-kit',
  };
  const refused = { status: 503, code: 'Error', message: 'connect ECONNREFUSED 127.0.0.1:4566' };

  it('A console that does not answer has the command that serves it', () => {
    const silent = { status: 0, code: 'ConsoleUnreachable', message: 'The console does not answer.' };

    expect(describeProblem(silent, local)).toBe(
      'The console does not answer. If its command has ended, start it again: npx codeseeder local up my-kit',
    );
    expect(describeProblem(silent, undefined)).toContain('Is the command still running?');
  });

  it('A local AWS that does not answer has the command that starts it, and AWS has its error', () => {
    expect(describeProblem(refused, { ...local, servedBy: 'npx codeseeder console -s my-kit' })).toBe(
      'The local AWS does not answer. If it has ended, start it again: npx codeseeder local up my-kit',
    );
    expect(describeProblem(refused, { ...local, isLocal: false })).toContain(refused.message);
    expect(describeProblem({ ...refused, message: 'slow down' }, local)).toContain('slow down');
  });

  it('A session that has ended says how to open another one', () => {
    expect(describeProblem({ status: 401, code: '401', message: 'Do this.' }, local)).toBe(
      'This session has ended. Do this.',
    );
  });
});

describe('Filters', () => {
  it('The filters of an address are read and written', () => {
    const filters = filtersOf('?status=FAILED&label=stage%3Dprod&other=1&lock=');

    expect(filters).toEqual({ status: 'FAILED', label: 'stage=prod' });
    expect(searchOf(filters, { after: 'a' })).toBe('?status=FAILED&label=stage%3Dprod&after=a');
    expect(searchOf({})).toBe('');
  });

  it.each(['bad', '=prod'])('The label %s, which has no name and value, has a fault', (label) => {
    expect(faultOfFilter('label', label)).toBe('A label is NAME=VALUE, such as stage=prod.');
    expect(faultOfFilters({ target: 'bad', label })).toBe('A label is NAME=VALUE, such as stage=prod.');
  });

  it('A label with an empty value, and a target without an equals sign, have no fault', () => {
    expect(faultOfFilters({ target: 'bad', label: 'stage=' })).toBeUndefined();
    expect(faultOfFilters({})).toBeUndefined();
  });

  it('A target that no run has is said to be a whole text', () => {
    expect(noMatchText({ target: 'invoice' })).toBe(
      'No runs of the last 30 days match the filters. A target is its whole text, such as src/deploy.ts#network.',
    );
    expect(noMatchText({ lock: 'deploy' })).toBe('No runs of the last 30 days match the filters.');
  });

  it('The pages offer all statuses and triggers of the contract', () => {
    expect(STATUSES).toEqual(contract.RUN_STATUSES);
    expect(TRIGGERS).toEqual(contract.TRIGGERS);
  });
});

describe('The arguments of a run', () => {
  it('Arguments are read from an invocation, and sent as values', () => {
    const texts = argumentsOf('{"kind":"python","target":{},"args":[1],"kwargs":{"a":"b"}}');

    expect(texts).toEqual({ args: '[\n  1\n]', kwargs: '{\n  "a": "b"\n}' });
    expect(texts && faultOf(texts)).toBeUndefined();
    expect(bodyOf(texts)).toEqual({ args: [1], kwargs: { a: 'b' } });
    expect(bodyOf(undefined)).toEqual({});
    expect(bodyOf(argumentsOf('{"kind":"node","target":{},"args":[]}'))).toEqual({ args: [] });
  });

  it('An invocation that was truncated has no arguments to edit', () => {
    expect(argumentsOf('{"kind":"node","args":[1,')).toBeUndefined();
  });

  it.each([
    [{ args: '[1' }, 'The arguments are not JSON.'],
    [{ args: '{}' }, 'must be an array'],
    [{ args: '[]', kwargs: '[]' }, 'must be an object'],
    [{ args: '[{"id": 9007199254740993}]' }, 'beyond 2^53'],
  ])('The arguments %p are refused before they are sent', (texts, fault) => {
    expect(faultOf(texts)).toContain(fault);
  });
});

describe('The resources of a stack', () => {
  it('Resources are grouped by their type', () => {
    const resource = (type: string, name: string) => ({ type, name, id: name, status: 'CREATE_COMPLETE' });
    const [queue, table, other] = [
      resource('AWS::SQS::Queue', 'q'),
      resource('AWS::DynamoDB::Table', 't'),
      resource('AWS::SQS::Queue', 'r'),
    ];

    expect(byType([queue, table, other])).toEqual([
      ['AWS::SQS::Queue', [queue, other]],
      ['AWS::DynamoDB::Table', [table]],
    ]);
  });
});

describe('Schedules', () => {
  const schedule = {
    name: 'nightly',
    state: 'active',
    target: 'deploys@prod',
    expression: 'rate(1 day)',
    timeZone: 'Europe/Berlin',
  } as const;

  it('A schedule leads to the runs of its target that schedules started', () => {
    expect(runsOfSchedule(schedule)).toBe('/?target=deploys&trigger=SCHEDULE');
    expect(runsOfSchedule({ ...schedule, target: 'deploys@3' })).toBe(
      '/?target=deploys%403&trigger=SCHEDULE',
    );
    expect(runsOfSchedule({ ...schedule, target: undefined })).toBeUndefined();
  });

  it('The times of a schedule have its time zone, and its details what it has', () => {
    expect(timesOf(schedule)).toBe('rate(1 day) Europe/Berlin');
    expect(timesOf({ ...schedule, timeZone: 'UTC' })).toBe('rate(1 day)');
    expect(detailsOfSchedule({ ...schedule, args: ['eu'], labels: { by: 'schedule' } })).toEqual([
      ['Arguments', '["eu"]'],
      ['Labels', 'by=schedule'],
    ]);
  });
});

describe('Texts', () => {
  it.each([
    [850, '850 ms'],
    [999.7, '1.0 s'],
    [4_290, '4.3 s'],
    [59_999, '59 s'],
    [185_000, '3 min 5 s'],
    [7_800_000, '2 h 10 min'],
    [90_000_000, '1 d 1 h'],
  ])('A duration of %i ms is shown as %s', (ms, expected) => {
    expect(formatDuration(ms)).toBe(expected);
  });

  it.each([
    [1_000, 'now'],
    [61_000, '1 min ago'],
    [90_000_000, '1 d ago'],
  ])('An age of %i ms is shown as %s', (ms, expected) => {
    expect(formatAge(ms)).toBe(expected);
  });

  const place = { seedkit: 'demo', program: 'npx codeseeder' };

  it('The commands of a map cancel one that goes on, and repeat one of which not all succeeded', () => {
    const commands = (status: 'RUNNING' | 'SUCCEEDED' | 'FAILED') =>
      commandsOfMap('map-1', place, status).map(({ command }) => command);

    expect(commands('RUNNING')).toContain('npx codeseeder maps cancel -s demo map-1');
    expect(commands('FAILED')).toContain('npx codeseeder maps again -s demo map-1');
    expect(commands('SUCCEEDED')).toEqual([
      'npx codeseeder maps show -s demo map-1',
      'npx codeseeder maps wait -s demo map-1',
    ]);
  });

  it('The commands of a run start as the program was called, name its seedkit, and end or repeat it', () => {
    const commands = (isActive: boolean) =>
      commandsOfRun('run-1', place, isActive).map(({ command }) => command);

    expect(commands(true)).toContain('npx codeseeder runs cancel -s demo run-1');
    expect(commands(false)).toContain('npx codeseeder runs again -s demo run-1');
    expect(commands(false)).not.toContain('npx codeseeder runs cancel -s demo run-1');
  });
});
