import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { requireToolkit, runToolkit } from '../../../client/deploy/run-toolkit.js';
import type { DeployEvent } from '../../../client/deploy-types.js';

let folder: string;
let heard: DeployEvent[];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'codeseeder-toolkit-'));
  heard = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const JOB = {
  assemblyFolder: '/assembly',
  region: 'eu-central-1',
  parameters: {},
  changeSetName: 'codeseeder-1',
  importsExisting: true,
};
const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'example', sessionToken: 'token' };

/** Runs the given program instead of the one with the CDK's toolkit. */
function run(
  source: string,
  {
    signal,
    endpoint,
    credentials = async () => KEYS,
    mayExecute = async () => true,
  }: {
    readonly signal?: AbortSignal;
    readonly endpoint?: string;
    readonly credentials?: () => Promise<typeof KEYS>;
    readonly mayExecute?: () => Promise<boolean>;
  } = {},
) {
  const program = path.join(folder, 'program.mjs');
  writeFileSync(program, source);
  const client = new CloudFormationClient({ region: 'eu-central-1', credentials });
  const onEvent = (event: DeployEvent) => heard.push(event);
  return runToolkit(JOB, { client, endpoint, signal, program, mayExecute, onEvent });
}

/**
 * A program that reports the messages that it received and the endpoint in its environment, and then ends.
 */
const ECHO = `
  const said = [];
  process.on('message', (message) => {
    said.push(message);
    if (message.type === 'job') return process.send({ type: 'credentials' });
    const text = JSON.stringify([...said, process.env.AWS_ENDPOINT_URL]);
    process.send({ type: 'message', level: 'info', text });
    process.send({ type: 'deployed', changed: true }, () => process.disconnect());
  });`;

/** A program that asks whether to execute the change set, and reports the answer. */
const PREPARED = `
  process.on('message', ({ type, execute }) => {
    if (type === 'job') return process.send({ type: 'prepared' });
    const end = execute ? { type: 'deployed', changed: true } : { type: 'left' };
    process.send(end, () => process.disconnect());
  });`;

describe('runToolkit', () => {
  it("The toolkit's process gets the job, the endpoint and credentials, and its messages are reported", async () => {
    expect(await run(ECHO, { endpoint: 'http://127.0.0.1:1' })).toEqual({ changed: true });
    expect(heard).toEqual([{ type: 'message', level: 'info', text: expect.any(String) }]);
    expect(JSON.parse((heard[0] as { text: string }).text)).toEqual([
      { type: 'job', job: JOB },
      { type: 'credentials', credentials: KEYS },
      'http://127.0.0.1:1',
    ]);
  });

  it("The toolkit's process is informed why there are no credentials", async () => {
    await run(ECHO, { credentials: () => Promise.reject(new Error('the session is over')) });
    expect((heard[0] as { text: string }).text).toContain(
      '{"type":"refused","message":"the session is over"}',
    );
  });

  it.each([
    [async () => true, { changed: true }],
    [async () => false, { wasLeft: true }],
  ])("The toolkit's process asks whether to execute the change set: %s", async (mayExecute, end) => {
    expect(await run(PREPARED, { mayExecute })).toEqual(end);
  });

  it('If the decision fails, the change set is not executed and the error is passed on', async () => {
    const mayExecute = () => Promise.reject(new Error('nobody answers'));
    await expect(run(PREPARED, { mayExecute })).rejects.toThrow('nobody answers');
  });

  it("`runToolkit` fails with the toolkit's message", async () => {
    const source = `process.send({ type: 'failed', message: 'no bootstrap' }, () => process.disconnect());`;
    expect(await run(source)).toEqual({ failure: 'no bootstrap' });
  });

  it.each([
    [
      'process.stderr.write("out of memory\\n", () => process.exit(7));',
      "The CDK's process ended (7): out of memory",
    ],
    [
      'process.kill(process.pid, "SIGKILL"); setInterval(() => undefined, 1_000);',
      "The CDK's process ended (SIGKILL): ",
    ],
  ])('`runToolkit` reports how its process ended: %j', async (source, failure) => {
    expect(await run(source)).toEqual({ failure });
  });

  it('`runToolkit` ends its process when the caller aborts', async () => {
    const stop = new AbortController();
    const source = `process.on('message', () => undefined); process.send({ type: 'message', level: 'info', text: String(process.pid) });`;
    const ended = run(source, { signal: stop.signal });
    while (heard.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    stop.abort(new Error('told to stop'));
    await expect(ended).rejects.toThrow('told to stop');
    expect(() => process.kill(Number((heard[0] as { text: string }).text), 0)).toThrow('ESRCH');
  });

  it('`runToolkit` starts no process if the caller has already aborted', async () => {
    await expect(run(ECHO, { signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow('too late');
    expect(heard).toEqual([]);
  });
});

describe('requireToolkit', () => {
  it('`requireToolkit` says how to install a missing toolkit', () => {
    expect(() => requireToolkit()).not.toThrow();
    expect(() => requireToolkit(path.join(folder, 'index.js'))).toThrow(
      expect.objectContaining({
        code: 'ToolkitMissing',
        message: expect.stringContaining('npm i -D -E @aws-cdk/toolkit-lib@'),
      }),
    );
  });
});
