import type { Page } from 'playwright-core';

import { connect } from '../../client/connection/connection.js';
import { startConsole } from '../../client/console/server/start-console.js';
import { type Seedkit, seedkit } from '../../client/index.js';
import { facetItems, statusEntry } from '../../lib/contract/index.js';
import { startLocalAws } from '../../lib/local/index.js';
import { marshalled } from '../../lib/run-store/record.js';
import { aRunQueuedAgo } from '../client/list/run-table.js';
import { CHROMIUM, startChromium } from '../end-to-end/chromium.js';
import { synthesizedSeedkit } from '../local/place/seedkit-assembly.js';

const NAME = 'demo';
const WAIT_MS = 240_000;
/** The build prints its lines in parts, so that the log arrives over some seconds. */
const PARTS = 50;
const SCROLL_SECONDS = 5;

/** A failure with a long stack, as that of a function in a deep tree of calls. */
const FAILURE = {
  code: 'RemoteError',
  message: 'DeployError: no stage',
  remote: {
    name: 'DeployError',
    message: 'no stage',
    stack: `DeployError: no stage${'\n    at deploy (src/network.ts:57:11)'.repeat(100)}`,
  },
} as const;

/** Times between the frames that a page drew, in milliseconds. */
interface Frames {
  readonly frames: readonly number[];
  readonly lines: number;
  readonly more?: string;
}

/** Opens the console of a seedkit in a local AWS, in Chromium. */
export async function openMeasuredConsole() {
  if (CHROMIUM === undefined) throw new Error('Install Chromium: the console is measured in it.');
  const place = await startLocalAws();
  await place.deploy((await synthesizedSeedkit()).folder);
  const { endpoint, region, credentials } = place;
  const aws = { endpoint, region, credentials };
  const connection = connect(NAME, aws);
  const kit = seedkit(NAME, { aws });
  const site = await startConsole(connection, 0);
  const browser = await startChromium();
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  context.setDefaultTimeout(WAIT_MS);
  await context.addInitScript(RECORD_FRAMES);
  const page = await context.newPage();
  await page.goto(site.address);
  return {
    followLog: (lines: number) => followLog(kit, page, site.url, lines),
    scrollLog: () => scrollLog(page),
    /** Writes records of runs of the last day, as the handlers do. */
    async addRecords(count: number): Promise<void> {
      const { runTable } = await connection.deployed();
      const { BatchWriteItemCommand } = await import('@aws-sdk/client-dynamodb');
      const dynamoDb = await connection.clients.dynamoDb();
      for (let first = 0; first < count; first += 4) {
        const records = Array.from({ length: Math.min(4, count - first) }, (_, index) =>
          aRunQueuedAgo(((first + index) * 1_400) / count, {
            runId: `run-${first + index}`,
            target: 'src/network.ts#deploy',
            labels: { stage: 'prod' },
            ...((first + index) % 20 === 0
              ? { status: 'FAILED', failure: FAILURE }
              : { status: 'SUCCEEDED' }),
          }),
        );
        const items = records.flatMap((record): object[] => [
          { ...record, ...statusEntry(record) },
          ...facetItems(record),
        ]);
        const puts = items.map((item) => ({ PutRequest: { Item: marshalled(item) } }));
        await dynamoDb.send(new BatchWriteItemCommand({ RequestItems: { [runTable]: puts } }));
      }
    },
    loadList: () => loadList(page, site.url),
    async close(): Promise<void> {
      await browser.close();
      await site.close();
      await place.close();
    },
  };
}

async function followLog(kit: Seedkit, page: Page, url: string, lines: number): Promise<Frames> {
  const words = 'of the log with some words after its number';
  const print = `seq -f "line %06g ${words}" "$((part * ${lines / PARTS} + 1))" "$(((part + 1) * ${lines / PARTS}))"`;
  const command = `for part in $(seq 0 ${PARTS - 1}); do ${print}; sleep 0.2; done`;
  const run = await kit.submitCommands([command], { name: 'Prints a long log' });
  await page.goto(`${url}/runs/${run.id}`);
  await page
    .locator('.log-row .text', { hasText: /^line / })
    .first()
    .waitFor();
  await page.evaluate('measured.start()');
  const { record } = await run.outcome();
  const lastLine = page.locator('.log-row .text', {
    hasText: `line ${String(lines).padStart(6, '0')} ${words}`,
  });
  await lastLine.waitFor();
  const frames = await page.evaluate<number[]>('measured.end()');
  const lateMs = Date.now() - Date.parse(record.finishedAt ?? '');
  return {
    frames,
    lines,
    more: `, the last one shown ${(lateMs / 1000).toFixed(1)} s after the end of the run`,
  };
}

/** Scrolls the log from its start to its end. */
async function scrollLog(page: Page): Promise<Frames> {
  const frames = await page.evaluate<number[]>(`measured.scroll('.log-box', ${SCROLL_SECONDS * 1000})`);
  const lines = Number(await page.evaluate(`document.querySelector('.log-rows').offsetHeight / 20`));
  return { frames, lines };
}

/** Loads the list of runs. Returns the time of the first paint, and of the first frame with rows, in milliseconds. */
async function loadList(
  page: Page,
  url: string,
): Promise<{ readonly rowsMs: number; readonly paintMs: number }> {
  await page.goto(`${url}/`);
  await page.locator('.run-row').first().waitFor();
  return page.evaluate<{ rowsMs: number; paintMs: number }>('measured.load()');
}

/** Runs in the page: notes the time of each frame, and of the first one after which the list has rows. */
const RECORD_FRAMES = `
  globalThis.measured = (() => {
    let times = [];
    let isOn = false;
    let rowsMs;
    const frame = (atMs) => {
      if (isOn) times.push(atMs);
      if (rowsMs === undefined && document.querySelector('.run-row') !== null)
        setTimeout(() => (rowsMs ??= performance.now()));
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    const start = () => { times = []; isOn = true; };
    const end = () => { isOn = false; return times.slice(1).map((atMs, index) => atMs - times[index]); };
    return {
      start,
      end,
      scroll: (selector, durationMs) => new Promise((resolve) => {
        const box = document.querySelector(selector);
        const from = performance.now();
        start();
        const step = () => {
          const share = (performance.now() - from) / durationMs;
          box.scrollTop = share * (box.scrollHeight - box.clientHeight);
          if (share < 1) requestAnimationFrame(step);
          else resolve(end());
        };
        requestAnimationFrame(step);
      }),
      load: async () => {
        while (rowsMs === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
        const [paint] = performance.getEntriesByName('first-contentful-paint');
        return { rowsMs, paintMs: paint.startTime };
      },
    };
  })();
`;
