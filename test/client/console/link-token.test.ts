import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { createLinkToken, LinkTokens } from '../../../client/console/server/link-token.js';
import type { RunningConsole } from '../../../client/console/server/start-console.js';
import { resetAccount } from '../mocked-account.js';
import { callTo, startMockedConsole } from './mocked-console.js';

const SECRET = 'a secret';
const NOW_MS = 1_800_000_000_000;

describe('Tokens that open a session of a console', () => {
  it('A token is accepted once', () => {
    const tokens = new LinkTokens(SECRET, 4_000);
    const token = createLinkToken(SECRET, 4_000, NOW_MS);

    expect(tokens.use(token, NOW_MS + 1_000)).toBe(true);
    expect(tokens.use(token, NOW_MS + 2_000)).toBe(false);
    expect(tokens.use(createLinkToken(SECRET, 4_000, NOW_MS), NOW_MS)).toBe(true);
  });

  const [expires = '', nonce = '', signature = ''] = createLinkToken(SECRET, 4_000, NOW_MS).split('.');

  it.each([
    ['of another secret', createLinkToken('another', 4_000, NOW_MS)],
    ['of another port', createLinkToken(SECRET, 4_001, NOW_MS)],
    ['that is a minute old', createLinkToken(SECRET, 4_000, NOW_MS - 60_000)],
    ['of the future', createLinkToken(SECRET, 4_000, NOW_MS + 1_000)],
    ['with a later end', `${Number(expires) + 1}.${nonce}.${signature}`],
    ['without a signature', `${expires}.${nonce}.`],
    ['with another nonce', `${expires}.other.${signature}`],
    ['that is empty', ''],
  ])('A token %s is refused', (_what, token) => {
    expect(new LinkTokens(SECRET, 4_000).use(token, NOW_MS)).toBe(false);
  });
});

describe('A console with a secret for tokens', () => {
  let running: RunningConsole;

  beforeEach(async () => {
    resetAccount();
    running = await startMockedConsole({ linkSecret: SECRET, howToOpen: 'Run the command.' });
  });

  afterEach(() => running.close());

  const tokenOf = (secret: string) => createLinkToken(secret, Number(new URL(running.url).port), Date.now());

  it('A token opens a session at the page of a run, and the address loses the token', async () => {
    const token = tokenOf(SECRET);
    const first = await callTo(running, `/runs/run-1?token=${token}`);
    const cookie = first.headers['set-cookie']?.[0]?.split(';')[0] ?? '';

    expect(first).toMatchObject({ status: 303, headers: { location: '/runs/run-1' } });
    expect((await callTo(running, '/runs/run-1', { headers: { cookie } })).status).toBe(200);
    expect((await callTo(running, `/?token=${token}`)).status).toBe(401);
  });

  it('A link to a run without a session says how to open one', async () => {
    const answer = await callTo(running, '/runs/run-1');

    expect(answer.status).toBe(401);
    expect(answer.body).toContain('Run the command.');
  });

  it('A token of another secret opens no session', async () => {
    expect((await callTo(running, `/?token=${tokenOf('another')}`)).status).toBe(401);
  });
});
