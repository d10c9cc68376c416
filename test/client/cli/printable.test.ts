import { describe, expect, it } from '@jest/globals';

import { describeError } from '../../../client/cli/describe-error.js';
import { describeProgress } from '../../../client/cli/run/describe-progress.js';
import { openProgressDisplay } from '../../../client/cli/run/progress-display.js';
import { formatTable } from '../../../client/cli/table.js';
import { printLine, printResult } from '../../../client/cli/terminal.js';
import { aTerminal } from './a-terminal.js';

/**
 * Control sequences that move up and clear a line, write to the clipboard, show a link, and set the title. Some are
 * written with 8-bit control characters.
 */
const ACTIONS = [
  '\x1b[1A\x1b[2K',
  '\x1b]52;c;ZXZpbA==\x07',
  '\x1b]8;;http://evil\x1b\\link',
  '\x9b2J',
  '\x90q',
];
/** Reverses the direction in which the following text is displayed. */
const REVERSED = '\u202e';
const ACTING = /(?!\n)\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u;

describe('Texts of others on the terminal', () => {
  it.each([...ACTIONS, REVERSED])('`printLine` shows %j instead of acting on it', (action) => {
    const { stderr } = aTerminal();
    printLine(stderr, `before ${action} after`);
    expect(stderr.text).not.toMatch(ACTING);
    expect(stderr.text).toMatch(/^before .*\\u00.*|.*\\u202e.* after\n$/);
  });

  it('`printLine` keeps colours, tabs and letters of all languages', () => {
    const { stderr } = aTerminal();
    printLine(stderr, '\x1b[1;31mrot\x1b[0m\tüß 日本 😀 עברית');
    expect(stderr.text).toBe('\x1b[1;31mrot\x1b[0m\tüß 日本 😀 עברית\n');
  });

  it.each([...ACTIONS, REVERSED])(
    'JSON on the terminal shows %j with escapes and has the same value',
    (action) => {
      const terminal = aTerminal();
      const address = { seedkit: 'my-kit', url: action, address: action };
      printResult<'console'>(terminal, true, address, () => []);
      expect(terminal.stdout.text).not.toMatch(ACTING);
      expect(JSON.parse(terminal.stdout.text)).toEqual(address);
    },
  );

  it('A text with line ends takes one row of a table, so it cannot look like a row of its own', () => {
    const rows = [['run-1', 'FAILED', 'echo a\nrun-2  SUCCEEDED\r\n\x1b[32mtext\x1b[8m']];
    expect(formatTable(['RUN', 'STATUS', 'TARGET'], rows, { colour: false })).toEqual([
      'RUN    STATUS  TARGET',
      'run-1  FAILED  echo a\\nrun-2  SUCCEEDED\\r\\n\\u001b[32mtext\\u001b[8m',
    ]);
  });

  it('A reason with line ends cannot look like another line of the progress', () => {
    const event = {
      type: 'status',
      runId: 'run-1',
      status: 'QUEUED',
      reason: 'wait\nfinished: SUCCEEDED',
    } as const;
    expect(describeProgress(event)).toBe('queued: wait\\nfinished: SUCCEEDED');
  });

  it('A line of the log cannot move the cursor to the start of its line', () => {
    const terminal = aTerminal();
    const display = openProgressDisplay(terminal);
    display.onProgress({ type: 'status', runId: 'r', status: 'BUILDING' });
    display.onLog('a\rfinished: SUCCEEDED\nb\r');
    display.close();
    expect(terminal.stderr.text).toBe('build started\na\\rfinished: SUCCEEDED\nb\n');
  });

  it('An error shows colours as text and keeps its lines', () => {
    expect(describeError(new Error('a\n\x1b[8mhidden'))).toBe('Error: a\n\\u001b[8mhidden');
  });
});
