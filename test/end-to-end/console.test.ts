import path from 'node:path';

import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';

import { seedkit, type Seedkit } from '../../client/index.js';
import { connect } from '../../client/connection/connection.js';
import { type RunningConsole, startConsole } from '../../client/console/server/start-console.js';
import { accessibilityFaults, CHROMIUM, startChromium } from './chromium.js';
import { COMMAND_LINE, start } from './command-line-process.js';
import { sharedSeedkit } from './local-seedkit.js';

const VALUES = path.resolve(import.meta.dirname, '../fixtures/functions/values.ts');
const WAIT_MS = 300_000;

const inner = (states: Record<string, object>) => ({ StartAt: Object.keys(states)[0], States: states });

/** A machine of which a branch fails and is caught. */
const COMPOSED = {
  QueryLanguage: 'JSONata',
  ...inner({
    Which: { Type: 'Choice', Choices: [{ Condition: '{% false %}', Next: 'Never' }], Default: 'Each' },
    Never: { Type: 'Succeed' },
    Each: {
      Type: 'Map',
      Items: [1, 2, 3],
      ItemProcessor: inner({ One: { Type: 'Pass', End: true } }),
      Next: 'Both',
    },
    Both: {
      Type: 'Parallel',
      Branches: [
        inner({ First: { Type: 'Pass', Next: 'Bad' }, Bad: { Type: 'Fail', Error: 'Bad' } }),
        inner({ Waits: { Type: 'Wait', Seconds: 3_600, End: true } }),
      ],
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }],
      Next: 'Passed',
    },
    Caught: { Type: 'Pass', Next: 'Passed' },
    Passed: { Type: 'Succeed' },
  }),
};

const withChromium = CHROMIUM === undefined ? describe.skip : describe;

withChromium('The console (skipped where Chromium is not installed)', () => {
  let kit: Seedkit;
  let dataFolder: string;
  let running: RunningConsole;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    const place = await sharedSeedkit();
    kit = seedkit(place.name);
    ({ dataFolder } = place);
    running = await startConsole(connect(place.name), 0);
    browser = await startChromium();
    // The pulse of an active state would take a processor to draw.
    context = await browser.newContext({
      viewport: { width: 1440, height: 900 },
      reducedMotion: 'reduce',
    });
    context.setDefaultTimeout(WAIT_MS);
    page = await openPage(running.url);
    await page.goto(running.address);
  });

  /** Opens a page that reports errors, and requests to other sites than its console. */
  async function openPage(url: string): Promise<Page> {
    const opened = await context.newPage();
    opened.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
    opened.on('response', async (response) => {
      if (response.status() >= 500) complaints.push(`${response.url()}: ${await response.text()}`);
    });
    opened.on('pageerror', (error) => complaints.push(error.message));
    opened.on('request', (request) => {
      if (!request.url().startsWith(url)) complaints.push(`request to ${request.url()}`);
    });
    return opened;
  }

  afterEach(async () => {
    await page.unrouteAll();
    const found = complaints.splice(0);
    expect(found).toEqual([]);
  });

  afterAll(async () => {
    await browser.close();
    await running.close();
  });

  const show = (address: string) => page.goto(`${running.url}${address}`);
  const untilStatus = (status: string) =>
    page.locator(`.title .status.${status}`).waitFor({ timeout: WAIT_MS });
  /** Names of the states that are drawn with an outcome. */
  const states = (outcome: string, shown = page) =>
    shown
      .locator(`.state.${outcome}`)
      .evaluateAll((found) => found.map((state) => state.getAttribute('data-state')));

  it('The list shows a run that starts, and its end, without being loaded again', async () => {
    const labels = { console: `list-${Date.now()}` };
    await show(`/?label=${encodeURIComponent(`console=${labels.console}`)}`);
    await page.getByText('No runs of the last 30 days match').waitFor();
    const run = await kit.submitCommands(['echo listed'], { labels, name: 'Listed run' });

    await page.getByRole('link', { name: 'Listed run' }).waitFor();
    await run.outcome();
    await page.locator('.run-row .status.SUCCEEDED').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await page.evaluate('document.activeElement.tagName')).toBe('BODY');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await untilStatus('SUCCEEDED');
    expect(page.url()).toBe(`${running.url}/runs/${run.id}`);
  });

  it('A run that succeeds shows its path, its value, and its log as text; it can be started again', async () => {
    const html = '<b id=injected>bold</b><script>document.title="injected"</script>';
    const echo = `printf '\\033[32mgreen\\033[0m %s\\n' '${html}'`;
    const run = await kit.submitCommands([echo, 'seq 1 3000'], { name: 'Prints HTML' });
    await show(`/runs/${run.id}`);
    await untilStatus('SUCCEEDED');
    await page.locator('.state.done[data-state=RunSucceeded]').waitFor();

    expect(await states('done')).toEqual(
      expect.arrayContaining(['PrepareRun', 'WaitForBuild', 'CollectOutcome']),
    );
    expect(await states('unvisited')).toEqual(['RunFailed', 'StopCanceled', 'WaitForStop']);
    expect(await page.locator('.facts').innerText()).toContain('A local AWS charges nothing.');
    await page.getByRole('searchbox', { name: 'Search the log' }).fill('injected');
    await page.getByRole('button', { name: 'Next match' }).click();
    await page.getByRole('button', { name: 'Next match' }).click();
    const line = page.locator('.log-row.linked .text');
    await line.waitFor();
    expect(await line.textContent()).toContain(html);
    expect(await page.locator('#injected').count()).toBe(0);
    expect(await page.locator('.log-row').count()).toBeLessThan(200);
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    await page.setViewportSize({ width: 1440, height: 900 });

    await page.getByRole('button', { name: 'Run again' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Run again' }).click();
    await page.waitForURL((url) => /^\/runs\//.test(url.pathname) && !url.pathname.endsWith(run.id));
    await untilStatus('SUCCEEDED');
    const again = new URL(page.url()).pathname.slice('/runs/'.length);
    expect(await kit.runs.get(again)).toMatchObject({ retryOf: run.id, status: 'SUCCEEDED' });
  });

  it('A function that throws shows its error with the source line, and the failed path', async () => {
    const run = await kit.submitFunction(VALUES, 'deployNetwork', ['prod']);
    await show(`/runs/${run.id}`);
    await untilStatus('FAILED');
    await page.locator('.state.failed[data-state=RunFailed]').waitFor();

    expect(await states('unvisited')).toEqual(['StopCanceled', 'WaitForStop', 'RunSucceeded']);
    expect(await page.locator('.failure').innerText()).toContain('cannot deploy to prod');
    expect(await page.locator('.frame code').first().textContent()).toMatch(/functions\/values\.ts:57:\d+$/);
    expect(await page.locator('.failure .source .thrown').first().textContent()).toMatch(/^57 *throw new /);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await page.locator('.failure .source u').allTextContents()).toEqual(['new', 'new']);
    await page.locator('.log-row', { hasText: 'Caused by' }).first().waitFor();
    expect(await page.locator('.log-box').evaluate((box) => box.scrollHeight - box.clientHeight)).toBe(0);
    expect(await page.locator('.log-box').evaluate((box) => box.clientHeight)).toBe(
      20 * (await page.locator('.log-row').count()),
    );
    const topOf = async (part: string) => (await page.locator(part).boundingBox())?.y ?? 0;
    expect(await topOf('.timeline')).toBeLessThan(await topOf('.log'));
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await topOf('.failure')).toBeLessThan(await topOf('.log'));
    expect(await topOf('.log')).toBeLessThan(await topOf('.timeline'));
    expect(await topOf('.timeline')).toBeLessThan(await topOf('.machine'));
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    await page.setViewportSize({ width: 1440, height: 900 });
    for (const tab of ['Request', 'Outcome', 'Events', 'History'])
      await page.getByRole('tab', { name: tab }).click();
    await page.keyboard.press('End');
    expect(await page.locator('.commands').innerText()).toContain(`codeseeder runs again -s e2e ${run.id}`);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'light' });
  });

  it('The graph of a machine made of other states shows its branches, its iterations, and what failed in them', async () => {
    const place = connect(kit.name);
    const client = await place.clients.states();
    const name = `composed-${Date.now()}`;
    const created = await client.send(
      new CreateStateMachineCommand({
        name,
        roleArn: 'arn:aws:iam::000000000000:role/composed',
        definition: JSON.stringify(COMPOSED),
      }),
    );
    const stateMachineArn = created.stateMachineArn ?? '';
    await client.send(new StartExecutionCommand({ stateMachineArn, name, input: '{}' }));
    // The runs of a seedkit use its own machine, so this console has another one.
    const deployed = async () => ({ ...(await place.deployed()), stateMachineArn });
    const other = await startConsole({ ...place, deployed }, 0);
    const shown = await openPage(other.url);
    try {
      await shown.goto(other.address);
      await shown.goto(`${other.url}/runs/${name}`);
      await shown.locator('.state.done[data-state=Passed]').waitFor();

      expect(await states('done', shown)).toEqual(
        expect.arrayContaining(['Which', 'First', 'Each', 'One', 'Caught', 'Passed']),
      );
      expect(await states('caught', shown)).toEqual(['Both']);
      expect(await states('failed', shown)).toEqual(['Bad']);
      expect(await states('stopped', shown)).toEqual(['Waits']);
      expect(await states('unvisited', shown)).toEqual(['Never']);
      expect(await shown.locator('.state[data-state=One] .time').textContent()).toMatch(/^3× /);
      expect(await shown.locator('.box').count()).toBe(2);
      expect(await shown.locator('.edge.taken[data-from=Both]').count()).toBe(3);
      expect(await accessibilityFaults(shown)).toEqual([]);
      await shown.setViewportSize({ width: 390, height: 844 });
      expect(await shown.evaluate('document.documentElement.scrollWidth')).toBe(390);
    } finally {
      await shown.close();
      await other.close();
      await client.send(new DeleteStateMachineCommand({ stateMachineArn }));
    }
  });

  it('A run that goes on is canceled with a reason, and its path ends where it was stopped', async () => {
    const run = await kit.submitCommands(['echo started; sleep 600'], { name: 'Sleeps' });
    await show(`/runs/${run.id}`);
    await page.locator('.state.active[data-state=WaitForBuild]').waitFor();
    await page.locator('.log-row .text', { hasText: /^started$/ }).waitFor();
    await page.getByRole('button', { name: 'Cancel run' }).click();
    await page.getByLabel('Reason').fill('not needed');
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel run' }).click();
    await untilStatus('CANCELED');
    await page.locator('.state.stopped[data-state=WaitForBuild]').waitFor();

    expect(await page.locator('.failure').innerText()).toContain('not needed');
    expect((await kit.runs.get(run.id)).failure?.message).toMatch(/Canceled by .+: not needed$/);
  });

  it('The page of a map shows its inputs as they end, failed ones first, and leads to their runs', async () => {
    const commands = ['test "$CODESEEDER_INPUT" != b'];
    const map = await kit.mapCommands(commands, ['a', 'b', 'c'], { name: 'Checked letters', concurrency: 2 });
    await show('/maps');
    await page.getByRole('link', { name: 'Checked letters' }).press('Enter');
    await untilStatus('FAILED');

    expect(page.url()).toBe(`${running.url}/maps/${map.id}`);
    expect(await page.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('3');
    await page.getByRole('button', { name: 'Failed' }).getByText('1').waitFor();
    await page.locator('.input-row .status.FAILED').waitFor();
    expect(await page.locator('.input-row .name').allTextContents()).toEqual([
      'Input 1',
      'Input 0',
      'Input 2',
    ]);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize({ width: 1440, height: 900 });

    await page.getByRole('region', { name: 'Grid of inputs' }).press('ArrowRight');
    await page.getByText('Input 1: failed').waitFor();
    await page.getByRole('region', { name: 'Grid of inputs' }).press('Enter');
    await untilStatus('FAILED');
    expect(page.url()).toBe(`${running.url}/runs/${map.id}-1`);
    await page.getByRole('link', { name: map.id }).first().click();
    await page.getByRole('button', { name: 'Run again' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Run again' }).click();
    await page.waitForURL((url) => /^\/maps\//.test(url.pathname) && !url.pathname.endsWith(map.id));
    await untilStatus('FAILED');
    const again = new URL(page.url()).pathname.slice('/maps/'.length);
    const { total, failed } = await (await kit.maps.attach(again)).progress();
    expect({ total, failed }).toEqual({ total: 1, failed: 1 });
  });

  it('A map that goes on is canceled from its page', async () => {
    const map = await kit.mapCommands(['echo started; sleep 600'], ['a', 'b'], { concurrency: 1 });
    await show(`/maps/${map.id}`);
    await page.locator('.input-row .status.BUILDING').waitFor();
    await page.getByRole('button', { name: 'Cancel map' }).click();
    await page.getByLabel('Reason').fill('not needed');
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel map' }).click();
    await untilStatus('CANCELED');
    await page.getByRole('button', { name: 'Not started' }).getByText('1').waitFor();

    expect((await kit.runs.get(`${map.id}-0`)).failure?.message).toMatch(/Canceled by .+: not needed$/);
  });

  it('A run of a function is started again with other arguments, which an editor checks', async () => {
    const run = await kit.submitFunction(VALUES, 'add', [1, 2]);
    await show(`/runs/${run.id}`);
    await untilStatus('SUCCEEDED');
    await page.getByRole('button', { name: 'Run again' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('With other arguments').check();
    const editor = dialog.getByLabel('Arguments, as a JSON array');
    expect(JSON.parse(await editor.inputValue())).toEqual([1, 2]);
    await editor.fill('[1, 2');
    await dialog.getByText('The arguments are not JSON').waitFor();
    expect(await dialog.getByRole('button', { name: 'Run again' }).isDisabled()).toBe(true);
    expect(await accessibilityFaults(page)).toEqual([]);
    await editor.fill('[40, 2]');
    await dialog.getByRole('button', { name: 'Run again' }).click();
    await page.waitForURL((url) => /^\/runs\//.test(url.pathname) && !url.pathname.endsWith(run.id));
    await untilStatus('SUCCEEDED');
    const again = new URL(page.url()).pathname.slice('/runs/'.length);

    expect(await (await kit.attach(again)).result()).toBe(42);
  });

  it('Targets, schedules and locks are shown; a schedule is paused, and a lock of a run that goes on is not released', async () => {
    const name = `console-${Date.now()}`;
    await kit.publish(name, { commands: ['true'] }, { alias: 'prod' });
    await kit.schedules.add(name, { target: `${name}@prod`, expression: 'at(2099-01-01T00:00:00)' });
    const run = await kit.submitCommands(['sleep 600'], { lock: name });
    await show('/targets');
    const schedule = page.locator('.card', { hasText: `${name}@prod` });
    await schedule.getByText('ACTIVE').waitFor();
    const version = page.locator('.versions li', {
      has: page.getByRole('link', { name: `Runs of ${name}@1` }),
    });
    expect(await version.locator('.label').allTextContents()).toEqual(['prod']);
    await page.getByRole('button', { name: `Pause ${name}` }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click();
    await schedule.getByText('PAUSED').waitFor();
    expect(await kit.schedules.show(name)).toMatchObject({ state: 'paused' });

    await page.getByRole('button', { name: `Release ${name}` }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByRole('button', { name: 'Release' }).isDisabled()).toBe(true);
    await dialog.getByLabel("Type the lock's name").fill(name);
    expect(await accessibilityFaults(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Release' }).click();
    await dialog.getByRole('alert').waitFor();
    expect((await kit.locks.get(name)).holder?.runId).toBe(run.id);
    await dialog.getByRole('button', { name: 'Back' }).click();
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    await page.setViewportSize({ width: 1440, height: 900 });
    await run.cancel();
    await kit.schedules.remove(name);
    // The browser reports the answer 409.
    complaints.length = 0;
  });

  it('The page of the seedkit shows its stack, its outputs and its resources', async () => {
    await show('/seedkit');
    await page.getByRole('rowheader', { name: 'StateMachineArn' }).waitFor();
    await page.locator('summary', { hasText: 'AWS::StepFunctions::StateMachine' }).click();
    // The local AWS has neither CloudWatch alarms nor Service Quotas.
    await page.getByText('The alarms cannot be read.').waitFor();
    await page.getByText('The quotas cannot be read.').waitFor();
    const costs = page.getByRole('region', { name: 'Table of costs each month' });
    await costs.getByRole('rowheader', { name: 'AWS::KMS::Key' }).waitFor();
    expect(await costs.innerText()).toContain('at least 4 USD');
    const builds = page.getByRole('region', { name: 'Table of costs of builds by day, in UTC' });
    await builds.getByText('no estimate').waitFor();

    expect(await page.locator('#stack ~ .card .status').textContent()).toMatch(/COMPLETE$/);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    for (const label of ['Table of outputs', 'Table of costs each month']) {
      const row = page.getByRole('region', { name: label }).locator('tbody tr').first();
      const [name, value] = await Promise.all(
        ['th', 'td'].map((cell) => row.locator(cell).first().boundingBox()),
      );
      expect(value?.y).toBeGreaterThanOrEqual((name?.y ?? Infinity) + (name?.height ?? 0));
      expect(value?.width).toBeGreaterThan(200);
    }
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  it('The link of a run leads to the console of its local AWS, for which a command opens a session', async () => {
    const run = await kit.submitCommands(['true'], { name: 'Linked run' });
    const url = process.env['CODESEEDER_CONSOLE_URL'] ?? '';
    expect(run.consoleUrl).toBe(`${url}/runs/${run.id}`);
    const browserOfOther = await browser.newContext();
    const other = await browserOfOther.newPage();
    await other.goto(run.consoleUrl);
    await other.getByText(`codeseeder local console ${kit.name}`).waitFor();

    const flags = ['local', 'console', kit.name, '--data', dataFolder, '--json'];
    const { stdout } = await start(process.execPath, [COMMAND_LINE, ...flags]).ended;
    const { address } = JSON.parse(stdout) as { address: string };
    await other.goto(address);
    await other.goto(run.consoleUrl);
    await other.getByRole('heading', { name: 'Linked run' }).waitFor();
    await browserOfOther.clearCookies();
    expect((await other.goto(address))?.status()).toBe(401);
    await browserOfOther.close();
  });

  it('A label that is not NAME=VALUE is reported at its field, and nothing is said about runs', async () => {
    await show('/?label=bad');
    const field = page.getByRole('textbox', { name: 'Label', exact: true });
    await page.getByText('A label is NAME=VALUE').waitFor();

    expect(await field.getAttribute('aria-invalid')).toBe('true');
    expect(await page.getByText('No runs').count()).toBe(0);
    expect(await page.getByText('not valid').count()).toBe(0);
    expect(await accessibilityFaults(page)).toEqual([]);
    await field.fill('stage=none');
    await field.press('Enter');
    await page.getByText('No runs of the last 30 days match').waitFor();
  });

  it('A list whose read fails has neither numbers nor a claim that there are no runs', async () => {
    await show('/?lock=never-held');
    await page.getByText('No runs of the last 30 days match').waitFor();
    await page.locator('.hours .ground').first().waitFor({ state: 'attached' });
    // The page names the seedkit in its advice once it knows it.
    await page.getByRole('banner').getByText(kit.name, { exact: true }).waitFor();
    const lock = page.getByLabel('Lock');
    await lock.fill('another');
    // The page is drawn again after each poll, and keeps what is typed.
    await page.waitForResponse('**/api/changes**');
    await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
    expect(await lock.inputValue()).toBe('another');
    await page.route('**/api/**', (route) => route.abort());
    await lock.press('Enter');
    await page.getByText(`start it again: codeseeder console -s ${kit.name}`).waitFor();

    // The list and the numbers are read by requests of their own, of which one may fail after the other.
    await page.locator('.statuses small').filter({ hasText: '–number not known' }).nth(5).waitFor();
    expect(await page.locator('.statuses small').count()).toBe(6);
    await page.getByText('No runs').first().waitFor({ state: 'detached' });
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.unroute('**/api/**');
    await show('/');
    // The browser reports each request without an answer.
    complaints.length = 0;
  });

  it('An unknown run is reported, with a link to the list', async () => {
    await show('/runs/never-was');
    await page.getByText('has no run').waitFor();
    await page.getByRole('main').getByRole('link', { name: 'All runs' }).click();
    await page.getByRole('heading', { name: 'Runs' }).waitFor();
    // The browser reports each answer 404.
    complaints.length = 0;
  });
});
