import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { connect } from '../../client/connection/connection.js';
import { startConsole } from '../../client/console/server/start-console.js';
import { type ProgressEvent, seedkit } from '../../client/index.js';
import { AwsError, type LocalAws, type PlaceCall, startLocalAws } from '../../lib/local/index.js';
import { CHROMIUM, startChromium } from './chromium.js';
import { synthesizedSeedkit } from '../local/place/seedkit-assembly.js';

let place: LocalAws;
/** For each operation, the number of next calls that fail, and their error. */
const refused = new Map<string, { left: number; code: string; message: string }>();

function refuseSome({ operation }: PlaceCall): void {
  const refusal = refused.get(operation);
  if (refusal === undefined || refusal.left === 0) return;
  refusal.left -= 1;
  throw new AwsError(refusal.code, refusal.message, 400);
}

beforeAll(async () => {
  const assembly = await synthesizedSeedkit();
  place = await startLocalAws({
    intercept: (call, proceed) => {
      refuseSome(call);
      return proceed();
    },
  });
  await place.deploy(assembly.folder);
});

afterAll(() => place.close());

describe('CodeBuild capacity', () => {
  it('A run that exceeds the capacity reports why it is queued and runs once there is capacity, although lookups of its build fail', async () => {
    refused.set('StartBuild', {
      left: 1,
      code: 'AccountLimitExceededException',
      message: 'Cannot have more than 1 builds in queue for the account',
    });
    refused.set('BatchGetBuilds', { left: 4, code: 'ThrottlingException', message: 'Rate exceeded' });
    const { endpoint, region, credentials } = place;
    const kit = seedkit('demo', { aws: { endpoint, region, credentials } });
    const run = await kit.submitCommands(['echo there is room']);
    const events: ProgressEvent[] = [];
    const outcome = await run.outcome({ onProgress: (event) => events.push(event) });

    const reason =
      'CodeBuild has no capacity for another build: Cannot have more than 1 builds in queue for the account';
    expect(events).toContainEqual({ type: 'status', runId: run.id, status: 'QUEUED', reason });
    expect(outcome).toMatchObject({ status: 'SUCCEEDED', record: { queuedReason: reason } });
    expect([...refused.values()].map(({ left }) => left)).toEqual([0, 0]);
    const states = (await run.history()).map(({ state }) => state);
    expect(states).toContain('WaitForCapacity');
  });

  it('A run in an account whose quota of builds is 0 fails at once', async () => {
    refused.set('StartBuild', {
      left: 1,
      code: 'AccountLimitExceededException',
      message: 'Cannot have more than 0 builds in queue for the account',
    });
    const { endpoint, region, credentials } = place;
    const run = await seedkit('demo', { aws: { endpoint, region, credentials } }).submitCommands(['true']);

    await expect(run.outcome()).rejects.toMatchObject({
      code: 'BuildQuotaZero',
      message: expect.stringContaining('AWS Support'),
    });
    const states = (await run.history()).map(({ state }) => state);
    expect(states).not.toContain('WaitForCapacity');
  });
});

const withChromium = CHROMIUM === undefined ? describe.skip : describe;

withChromium('The graph of a run that waits for capacity (skipped where Chromium is not installed)', () => {
  it('The graph shows the wait while it lasts, and then the way through it, inside its card at the width of a phone', async () => {
    refused.set('StartBuild', {
      left: 1,
      code: 'AccountLimitExceededException',
      message: 'Cannot have more than 1 builds in queue for the account',
    });
    const { endpoint, region, credentials } = place;
    const aws = { endpoint, region, credentials };
    const site = await startConsole(connect('demo', aws), 0);
    const browser = await startChromium();
    try {
      const page = await browser.newPage({
        viewport: { width: 390, height: 844 },
        reducedMotion: 'reduce',
      });
      page.setDefaultTimeout(300_000);
      await page.goto(site.address);
      const run = await seedkit('demo', { aws }).submitCommands(['true']);
      await page.goto(`${site.url}/runs/${run.id}`);
      await page.locator('.state.active[data-state=WaitForCapacity]').waitFor();
      await page.getByText('CodeBuild has no capacity for another build').first().waitFor();
      await run.outcome();
      await page.locator('.state.done[data-state=RunSucceeded]').waitFor();

      const states = await page
        .locator('.state.done')
        .evaluateAll((found) => found.map((state) => state.getAttribute('data-state')));
      expect(states).toEqual(expect.arrayContaining(['StartBuild', 'WaitForCapacity', 'WaitForBuild']));
      expect(await page.locator('.edge.taken[data-to=WaitForCapacity]').count()).toBe(1);
      expect(await page.locator('.edge.taken[data-from=WaitForCapacity]').count()).toBe(1);
      const passing = await page.locator('.graph .edge, .graph .state').evaluateAll(
        (shapes) =>
          shapes.filter((shape) => {
            const { left, right } = shape.getBoundingClientRect();
            const card = shape.closest('.graph')?.getBoundingClientRect();
            return card === undefined || left < card.left || right > card.right;
          }).length,
      );
      expect(passing).toBe(0);
    } finally {
      await browser.close();
      await site.close();
    }
  });
});

describe('Lambda compute', () => {
  it('A run of Lambda compute succeeds, which takes neither timeouts nor on-failure', async () => {
    const { endpoint, region, credentials } = place;
    const kit = seedkit('demo', { aws: { endpoint, region, credentials } });
    const options = { build: { computeType: 'BUILD_LAMBDA_2GB', queuedTimeoutMinutes: 10 } } as const;
    const run = await kit.submitCommands(['echo "$CODEBUILD_BUILD_IMAGE"'], options);
    const log: string[] = [];
    const outcome = await run.outcome({ onLog: (line) => log.push(line) });

    expect(outcome).toMatchObject({ status: 'SUCCEEDED' });
    expect(log.join('\n')).toContain('aws/codebuild/amazonlinux-x86_64-lambda-standard:nodejs22');
  });

  it('Lambda compute with a timeout is refused before anything is uploaded', async () => {
    const { endpoint, region, credentials } = place;
    const kit = seedkit('demo', { aws: { endpoint, region, credentials } });
    const build = { computeType: 'BUILD_LAMBDA_2GB', timeoutMinutes: 10 } as const;
    await expect(kit.submitCommands(['true'], { build })).rejects.toThrow(
      /build.timeoutMinutes: Lambda compute does not accept a timeout/,
    );
  });
});
