import { describe, expect, it } from '@jest/globals';

import { LogFold, type LogNews } from '../../../../client/cli/run/fold-log.js';

/** Returns a line of CodeBuild. `second` is the time in the log. */
const own = (second: number, text: string) =>
  `[Container] 2026/01/02 03:04:${String(second).padStart(2, '0')}.500000 ${text}`;

const entered = (second: number, phase: string) => own(second, `Entering phase ${phase}`);
const completed = (second: number, phase: string, state = 'SUCCEEDED') => [
  own(second, `Phase complete: ${phase} State: ${state}`),
  own(second, 'Phase context status code:  Message: '),
];
const command = (text: string) => own(1, `Running command ${text}`);

/** The first phases of a build, as CodeBuild logs those of a function with a chosen runtime. */
const START = [
  own(0, 'Waiting for agent ping'),
  own(1, 'Phase is DOWNLOAD_SOURCE'),
  own(2, "Selecting 'nodejs' runtime version '24' based on manual selections..."),
  command('echo "Installing Node.js version 24 ..."'),
  'Installing Node.js version 24 ...',
  '',
  own(3, 'Phases found in YAML: 3'),
  ...completed(3, 'DOWNLOAD_SOURCE'),
];
const PREAMBLE = command('export CODESEEDER_OUTPUT_DIR="..." # codeseeder');
const RUNNER = 'CODESEEDER_INVOCATION_SHA256=ab node --enable-source-maps ".codeseeder/runner.mjs"';

function newsOf(
  lines: readonly string[],
  end: { hasFailed?: boolean; reported?: string[]; commands?: string[] } = {},
) {
  const fold = new LogFold(end.commands);
  const news = lines.flatMap((line) => fold.read(line));
  return [...news, ...fold.close(end.hasFailed ?? false, new Set(end.reported))].map(written);
}

function written(news: LogNews): string | readonly string[] {
  if (news.kind === 'line') return news.line;
  const end = `${news.phase} ${news.hasSucceeded ? 'ok' : 'failed'} ${news.durationMs ?? '?'}`;
  return news.lines.length === 0 ? [end] : [end, ...news.lines];
}

describe('`LogFold`', () => {
  it("The log of a function shows what the function prints, and one line for each phase with lines of CodeBuild's", () => {
    const lines = [
      ...START,
      entered(4, 'INSTALL'),
      PREAMBLE,
      command('bash "place-layers.sh" # codeseeder'),
      'codeseeder: placed 1 layers, 4 files',
      command('npm install -g -- left # codeseeder'),
      'added 1 package',
      '',
      ...completed(16, 'INSTALL'),
      entered(16, 'PRE_BUILD'),
      ...completed(16, 'PRE_BUILD'),
      entered(16, 'BUILD'),
      PREAMBLE,
      command(RUNNER),
      '\u001b[31mhello\u001b[0m',
      '',
      '  world',
      '',
      ...completed(20, 'BUILD'),
      entered(20, 'UPLOAD_ARTIFACTS'),
      own(20, 'Found 2 file(s)'),
      ...completed(21, 'UPLOAD_ARTIFACTS'),
    ];

    expect(newsOf(lines)).toEqual([
      ['DOWNLOAD_SOURCE ok 2000'],
      ['INSTALL ok 12000'],
      '\u001b[31mhello\u001b[0m',
      '',
      '  world',
      ['BUILD ok 4000'],
      ['UPLOAD_ARTIFACTS ok 1000'],
    ]);
  });

  it('The output of commands that the user named is shown in every phase', () => {
    const lines = [
      entered(1, 'INSTALL'),
      command('n 24'),
      '  installed : v24',
      PREAMBLE,
      command('make tools'),
      'tools made',
      command('command -v node # codeseeder'),
      ...completed(2, 'INSTALL'),
      entered(2, 'PRE_BUILD'),
      PREAMBLE,
      command('npm run lint'),
      'no faults',
      ...completed(3, 'PRE_BUILD'),
    ];

    expect(newsOf(lines)).toEqual(['tools made', ['INSTALL ok 1000'], 'no faults', ['PRE_BUILD ok 1000']]);
  });

  it('Builds of an earlier version, whose commands have no mark, show the output of all phases after INSTALL', () => {
    const lines = [
      entered(1, 'BUILD'),
      command('export A=1'),
      command(RUNNER),
      'hello',
      ...completed(2, 'BUILD'),
    ];

    expect(newsOf(lines)).toEqual(['hello', ['BUILD ok 1000']]);
  });

  it('A phase that failed in a command of codeseeder shows the essential lines of the command', () => {
    const lines = [
      entered(1, 'INSTALL'),
      PREAMBLE,
      command('bash "place-layers.sh" # codeseeder'),
      'codeseeder: placed 1 layers, 4 files',
      command('make tools'),
      'tools made',
      command('python -m pip install -- nope # codeseeder'),
      'ERROR: No matching distribution found for nope',
      own(3, 'Command did not exit successfully python -m pip install -- nope # codeseeder exit status 1'),
      own(3, 'Phase complete: INSTALL State: FAILED'),
      own(3, 'Phase context status code: COMMAND_EXECUTION_ERROR Message: Error while executing command'),
    ];

    expect(newsOf(lines, { hasFailed: true })).toEqual([
      'tools made',
      ['INSTALL failed 2000', 'ERROR: No matching distribution found for nope'],
    ]);
  });

  it('A phase that failed in a silent command of codeseeder shows the command', () => {
    const lines = [
      entered(1, 'INSTALL'),
      command('bash "place-layers.sh" # codeseeder'),
      'codeseeder: placed 1 layers, 4 files',
      command('command -v node # codeseeder'),
      own(3, 'Command did not exit successfully command -v node # codeseeder exit status 1'),
      own(3, 'Phase complete: INSTALL State: FAILED'),
    ];

    expect(newsOf(lines, { hasFailed: true })).toEqual([
      [
        'INSTALL failed 2000',
        command('command -v node'),
        own(3, 'Command did not exit successfully command -v node exit status 1'),
      ],
    ]);
  });

  it('A phase that failed in a command of the user shows no lines of codeseeder', () => {
    const lines = [
      entered(1, 'INSTALL'),
      command('bash "place-layers.sh" # codeseeder'),
      'codeseeder: placed 1 layers, 4 files',
      command('make tools'),
      'no rule',
      own(3, 'Command did not exit successfully make tools exit status 2'),
      own(3, 'Phase complete: INSTALL State: FAILED'),
    ];

    expect(newsOf(lines, { hasFailed: true })).toEqual(['no rule', ['INSTALL failed 2000']]);
  });

  it('A phase that failed without a command shows the reason of CodeBuild', () => {
    const reason = own(
      2,
      'Phase context status code: CLIENT_ERROR Message: error while downloading key bundles/a.zip',
    );
    const lines = [
      own(1, 'Phase is DOWNLOAD_SOURCE'),
      own(2, 'Phase complete: DOWNLOAD_SOURCE State: FAILED'),
      reason,
    ];

    expect(newsOf(lines, { hasFailed: true })).toEqual([['DOWNLOAD_SOURCE failed 1000', reason]]);
  });

  it("A command of the user that fails shows its output once, and not CodeBuild's message with its lines", () => {
    const failing = 'echo one\nexit 3';
    const lines = [
      entered(1, 'BUILD'),
      PREAMBLE,
      ...command(failing).split('\n'),
      'one',
      ...own(2, `Command did not exit successfully ${failing} exit status 3`).split('\n'),
      own(2, 'Phase complete: BUILD State: FAILED'),
      ...own(2, `Phase context status code: COMMAND_EXECUTION_ERROR Message: ${failing}. Reason: 3`).split(
        '\n',
      ),
    ];

    expect(newsOf(lines, { hasFailed: true, commands: [failing] })).toEqual(['one', ['BUILD failed 1000']]);
  });

  it('Lines of an unknown command with several lines are shown rather than hidden', () => {
    const lines = [entered(1, 'BUILD'), PREAMBLE, ...command('echo one\necho two').split('\n'), 'one', 'two'];

    expect(newsOf(lines)).toEqual(['echo two', 'one', 'two']);
    expect(newsOf(lines, { commands: ['echo one\necho two'] })).toEqual(['one', 'two']);
  });

  it("The error of the target is left to the run's end, and lines after it are kept", () => {
    const lines = [
      entered(1, 'BUILD'),
      PREAMBLE,
      command(RUNNER),
      'before',
      'codeseeder: the target failed:',
      'TypeError: no a',
      '    at boom (hello.ts:4:9)',
      'printed at exit',
      own(2, `Command did not exit successfully ${RUNNER} exit status 1`),
      own(2, 'Phase complete: BUILD State: FAILED'),
    ];
    const reported = ['TypeError: no a', '    at boom (hello.ts:4:9)'];

    expect(newsOf(lines, { hasFailed: true, reported })).toEqual([
      'before',
      ['BUILD failed 1000'],
      'printed at exit',
    ]);
    expect(newsOf(lines, { hasFailed: true })).toEqual([
      'before',
      ['BUILD failed 1000'],
      ...reported,
      'printed at exit',
    ]);
  });

  it('What a process in the background prints after its phase is shown', () => {
    const lines = [entered(1, 'BUILD'), PREAMBLE, command('serve &'), ...completed(2, 'BUILD'), 'stopped'];

    expect(newsOf(lines)).toEqual(['stopped', ['BUILD ok 1000']]);
  });

  it('A run that failed shows the folded lines of a phase that did not end, and one that succeeded does not', () => {
    const lines = [entered(1, 'INSTALL'), PREAMBLE, command('pip install a # codeseeder'), 'Collecting a'];

    expect(newsOf(lines, { hasFailed: true })).toEqual([
      ['INSTALL failed ?', command('pip install a'), 'Collecting a'],
    ]);
    expect(newsOf(lines)).toEqual([]);
  });

  it('A failed phase shows its last thousand folded lines, and says how many it left out', () => {
    const printed = Array.from({ length: 1_500 }, (_, index) => `Collecting ${index}`);
    const lines = [entered(1, 'INSTALL'), PREAMBLE, command('pip install a # codeseeder'), ...printed];
    const [shown = []] = newsOf(lines, { hasFailed: true });

    expect(shown.length).toBe(1 + 1 + 1_000);
    expect(shown[1]).toBe('(501 lines are left out here)');
    expect(shown.at(-1)).toBe('Collecting 1499');
  });

  it('The phase and its last folded line are known while it runs', () => {
    const fold = new LogFold();
    [entered(1, 'INSTALL'), PREAMBLE, command('pip install a # codeseeder'), 'Collecting a', '  '].forEach(
      (line) => fold.read(line),
    );
    expect(fold).toMatchObject({ phase: 'INSTALL', lastFolded: 'Collecting a' });
    completed(2, 'INSTALL').forEach((line) => fold.read(line));
    expect(fold.phase).toBeUndefined();
  });

  it('Lines of a log that CodeBuild has not begun are shown', () => {
    expect(newsOf(['a line'])).toEqual(['a line']);
  });
});
