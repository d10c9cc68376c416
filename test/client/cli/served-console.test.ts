import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { listen } from '../../../client/cli/console/open-console.js';
import { servePlaceConsole } from '../../../client/cli/local/place-console.js';
import { connect } from '../../../client/connection/connection.js';
import { createLinkToken } from '../../../client/console/server/link-token.js';
import type { LocalAws } from '../../../lib/local/index.js';
import { AWS, resetAccount } from '../mocked-account.js';
import { aTerminal } from './a-terminal.js';

beforeEach(resetAccount);

/** Opens a session, and reads what the pages know about the seedkit. */
async function infoOf(address: string): Promise<unknown> {
  const opened = await fetch(address, { redirect: 'manual' });
  const [cookie = ''] = opened.headers.getSetCookie();
  const answer = await fetch(new URL('/api/seedkit', address), { headers: { cookie } });
  return answer.json();
}

describe('The command that serves a console', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'served-console-'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  it('The pages of `codeseeder console` get the program as it was called', async () => {
    const running = await listen(connect('demo', AWS), 0, { program: 'npx codeseeder' });
    const info = await infoOf(running.address);
    await running.close();

    expect(info).toMatchObject({ program: 'npx codeseeder', servedBy: 'npx codeseeder console -s demo' });
  });

  it('The pages of `local up` get a program that starts in each terminal', async () => {
    const place = { ...AWS, endpoint: 'http://127.0.0.1:1' } as LocalAws;
    const running = await servePlaceConsole('demo', place, { data: folder }, aTerminal());
    const url = running?.url ?? '';
    const token = createLinkToken(AWS.credentials.secretAccessKey, Number(new URL(url).port), Date.now());
    const info = await infoOf(`${url}/?token=${token}`);
    await running?.close();

    expect(info).toMatchObject({
      program: 'npx codeseeder',
      servedBy: 'npx codeseeder local up demo',
    });
  });
});
