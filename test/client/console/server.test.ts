import { EventEmitter, once } from 'node:events';
import { type OutgoingHttpHeaders, request } from 'node:http';
import { gzipSync } from 'node:zlib';

import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { GetExecutionHistoryCommand, StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { RunView } from '../../../client/console/api.js';
import { readAssets } from '../../../client/console/server/assets.js';
import type { RunningConsole } from '../../../client/console/server/start-console.js';
import {
  aRecord,
  bucket,
  cloudFormation,
  dynamoDb,
  mockExecution,
  mockRecords,
  OUTPUTS,
  resetAccount,
  s3,
  states,
} from '../mocked-account.js';
import { LOCAL_AWS } from '../../../client/connection/report-unreachable.js';
import { CodeseederError, invocationKey } from '../../../lib/contract/index.js';
import { aNodeInvocation, aRunRequest } from '../../contract/builders.js';
import { type Call, callTo, type OpenConsole, openConsole, startMockedConsole } from './mocked-console.js';

let site: OpenConsole;
let running: RunningConsole;

const call = (path: string, sent?: Call) => callTo(running, path, sent);
const own = (more?: OutgoingHttpHeaders) => site.own(more);
const action = (more?: OutgoingHttpHeaders) => site.action(more);

beforeEach(async () => {
  resetAccount();
  site = await openConsole();
  ({ running } = site);
});

afterEach(() => running.close());

describe('The session of the console', () => {
  it('The token is exchanged once for a cookie that scripts and other sites cannot use', async () => {
    const before = running;
    running = await startMockedConsole();
    await before.close();
    const { search } = new URL(running.address);
    const first = await call(`/runs/run-1${search}`);
    const second = await call(`/${search}`);

    expect(first).toMatchObject({ status: 303, headers: { location: '/runs/run-1' } });
    expect(first.headers['set-cookie']).toEqual([expect.stringMatching(/HttpOnly; SameSite=Strict$/)]);
    expect(second.status).toBe(401);
  });

  it.each(['/', '/runs/run-1', '/app.js', '/api/seedkit', '/?token=wrong'])(
    'A request for %s without the cookie is answered 401',
    async (path) => {
      const answer = await call(path);

      expect(answer.status).toBe(401);
      expect(answer.body).toContain('address with a token');
      expect(answer.body).not.toContain('the p');
    },
  );

  it('A request with the cookie gets the page, the files and the API', async () => {
    expect(await call('/', { headers: own() })).toMatchObject({ status: 200, body: 'the page' });
    for (const page of ['/runs/run-1', '/maps', '/maps/map-1'])
      expect(await call(page, { headers: own() })).toMatchObject({ status: 200, body: 'the page' });
    expect(await call('/app.js', { headers: own() })).toMatchObject({ status: 200, body: 'the program' });
    expect(JSON.parse((await call('/api/seedkit', { headers: own() })).body)).toEqual({
      seedkit: 'demo',
      region: 'eu-west-1',
      account: '000000000000',
      isLocal: true,
      program: 'codeseeder',
      servedBy: 'codeseeder console -s demo',
    });
  });

  it('The pages know how the command that serves the console was called', async () => {
    await running.close();
    site = await openConsole({ program: 'npx codeseeder', command: 'local up demo' });
    ({ running } = site);

    expect(JSON.parse((await site.get('/api/seedkit')).body)).toMatchObject({
      program: 'npx codeseeder',
      servedBy: 'npx codeseeder local up demo',
    });
  });

  it.each(['/other', '/../package.json', '/%2e%2e/package.json', '/api/other'])(
    'A request for %s, which the console does not have, is answered 404',
    async (path) => {
      expect((await call(path, { headers: own() })).status).toBe(404);
    },
  );
});

describe('The API of the console', () => {
  it('An id that no run can have is refused', async () => {
    expect((await call('/api/runs/%00/view', { headers: own() })).status).toBe(400);
  });

  it('A run that has neither a record nor an execution is answered 404', async () => {
    states
      .on(GetExecutionHistoryCommand)
      .rejects(Object.assign(new Error('gone'), { name: 'ExecutionDoesNotExist' }));
    const answer = await call('/api/runs/never-was/view', { headers: own() });

    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.body)).toEqual({
      code: 'RunNotFound',
      message:
        'The seedkit demo has no run "never-was". Check the id and the seedkit. A local AWS has only what was started in it.',
    });
  });

  it('The version of a view is higher in a later console, so that a page does not keep the view of an earlier one', async () => {
    mockRecords(aRecord({ status: 'BUILDING' }));
    states.on(GetExecutionHistoryCommand).resolves({ events: [] });
    const versionAt = async ({ get }: OpenConsole) =>
      (JSON.parse((await get('/api/runs/run-1/view')).body) as { version: number }).version;
    const before = await versionAt(site);
    await running.close();
    site = await openConsole();
    ({ running } = site);

    expect(await versionAt(site)).toBeGreaterThan(before);
  });

  it('The pages of the package have less than 300 KB compressed', async () => {
    const assets = [...(await readAssets()).values()];
    const sizes = assets.map(({ content }) => gzipSync(content).length);

    expect(assets.length).toBeGreaterThanOrEqual(4);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(300_000);
  });
});

describe('Errors of AWS', () => {
  const named = (name: string, more: object = {}) =>
    Object.assign(new Error(`${name} of a test`), { name, ...more });

  it('A read that AWS throttles, or whose connection breaks, is repeated until AWS answers', async () => {
    cloudFormation
      .on(DescribeStacksCommand)
      .rejectsOnce(named('ThrottlingException'))
      .rejectsOnce(named('Error', { code: 'ECONNRESET' }))
      .resolves({
        Stacks: [
          {
            StackName: 'aws-codeseeder-demo',
            CreationTime: new Date(0),
            StackStatus: 'CREATE_COMPLETE',
            Outputs: Object.entries(OUTPUTS).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
          },
        ],
      });

    expect((await call('/api/seedkit', { headers: own() })).status).toBe(200);
    expect(cloudFormation.commandCalls(DescribeStacksCommand)).toHaveLength(3);
  });

  it.each([
    ['503', 'ThrottlingException', {}],
    ['503', 'TimeoutError', {}],
    ['503', 'Error', { code: 'EPIPE' }],
    ['503', 'InternalServerError', { $metadata: { httpStatusCode: 500 } }],
    ['403', 'AccessDeniedException', { $metadata: { httpStatusCode: 400 } }],
    ['502', 'ValidationException', { $metadata: { httpStatusCode: 400 } }],
  ])('An action is answered %s after the error %s, and is not repeated', async (status, name, more) => {
    mockRecords(aRecord({ status: 'BUILDING' }));
    mockExecution({ status: 'RUNNING' });
    states.on(StopExecutionCommand).rejects(named(name, more));
    const answer = await call('/api/runs/run-1/cancel', { method: 'POST', headers: action(), body: '{}' });

    expect(String(answer.status)).toBe(status);
    expect(JSON.parse(answer.body)).toEqual({ code: name, message: `${name} of a test` });
    expect(states.commandCalls(StopExecutionCommand)).toHaveLength(1);
  });
});

describe('Commands in answers of the console', () => {
  const missing = new CodeseederError('CredentialsMissing', LOCAL_AWS);
  const shown = LOCAL_AWS.replace('codeseeder', 'npx codeseeder');

  beforeEach(async () => {
    await running.close();
    site = await openConsole({ program: 'npx codeseeder' });
    ({ running } = site);
  });

  it('A command in an error starts as that of the console was called', async () => {
    cloudFormation.on(DescribeStacksCommand).rejects(missing);
    const answer = await site.get('/api/stack');

    expect(JSON.parse(answer.body)).toEqual({ code: missing.name, message: shown });
  });

  it('A command in the reason why the history cannot be read starts so, and the texts of the run stay', async () => {
    const text = 'codeseeder runs list is a name';
    mockRecords(aRecord({ status: 'SUCCEEDED', name: text }));
    states.on(GetExecutionHistoryCommand).rejects(missing);
    const view = JSON.parse((await site.get('/api/runs/run-1/view')).body) as RunView;

    expect(view.historyProblem).toBe(`${missing.name}: ${shown}`);
    expect(view.record?.name).toBe(text);
  });
});

describe('The console refuses other sites', () => {
  it('A request with another Host is answered 403, so that no other name resolves to the console', async () => {
    const { port } = new URL(running.url);

    for (const host of [`evil.example:${port}`, `localhost:${port}`, '127.0.0.1:1'])
      expect((await call('/', { headers: own({ host }) })).status).toBe(403);
  });

  it('A request with another Origin is answered 403', async () => {
    for (const origin of ['http://evil.example', 'http://127.0.0.1:1', 'null'])
      expect((await call('/api/seedkit', { headers: own({ origin }) })).status).toBe(403);
  });

  it('A request for data that another site makes is answered 403, while a link to a page may be followed', async () => {
    const headers = own({ 'sec-fetch-site': 'same-site' });

    expect((await call('/api/seedkit', { headers })).status).toBe(403);
    expect((await call('/', { headers })).status).toBe(200);
  });

  it('The content policy of each response allows files and connections of the console only', async () => {
    for (const answer of [await call('/', { headers: own() }), await call('/')]) {
      const policy = answer.headers['content-security-policy'];
      expect(policy).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      );
      expect(answer.headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
      });
    }
  });
});

describe('Actions of the console', () => {
  const CANCEL = '/api/runs/run-1/cancel';

  beforeEach(() => {
    mockRecords(aRecord({ status: 'BUILDING' }));
    mockExecution({ status: 'RUNNING' });
    states.on(StopExecutionCommand).resolves({});
  });

  it('The own page cancels a run, with a reason', async () => {
    const body = JSON.stringify({ reason: 'not needed' });

    expect(await call(CANCEL, { method: 'POST', headers: action(), body })).toMatchObject({ status: 200 });
    const [stop] = states.commandCalls(StopExecutionCommand);
    expect(stop?.args[0].input.cause).toMatch(/^Canceled by .*: not needed$/);
  });

  it.each<[string, number, () => Call]>([
    ['GET', 404, () => ({ headers: action() })],
    ['POST without the cookie', 401, () => ({ method: 'POST', headers: action({ cookie: '' }), body: '{}' })],
    [
      'form of another site',
      403,
      () => ({
        method: 'POST',
        headers: own({ origin: 'http://evil.example', 'content-type': 'text/plain' }),
        body: '{}',
      }),
    ],
    ['POST without Origin', 403, () => ({ method: 'POST', headers: without('origin'), body: '{}' })],
    [
      'POST without the header',
      403,
      () => ({ method: 'POST', headers: without('x-codeseeder-console'), body: '{}' }),
    ],
    [
      'POST of a form',
      415,
      () => ({
        method: 'POST',
        headers: action({ 'content-type': 'application/x-www-form-urlencoded' }),
        body: '{}',
      }),
    ],
    ['PUT', 405, () => ({ method: 'PUT', headers: action(), body: '{}' })],
    ['POST of text that is not JSON', 400, () => ({ method: 'POST', headers: action(), body: '{' })],
  ])('A %s cancels nothing and is answered %i', async (_, status, made) => {
    expect((await call(CANCEL, made())).status).toBe(status);
    expect(states.commandCalls(StopExecutionCommand)).toEqual([]);
  });

  function without(header: string): OutgoingHttpHeaders {
    return Object.fromEntries(Object.entries(action()).filter(([name]) => name !== header));
  }

  it('A run that has not ended is not started again', async () => {
    const answer = await call('/api/runs/run-1/again', { method: 'POST', headers: action(), body: '{}' });

    expect(answer.status).toBe(409);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'RunNotOver' });
    expect(states.commandCalls(StartExecutionCommand)).toEqual([]);
  });
});

describe('A run that is started again from the console', () => {
  const AGAIN = '/api/runs/run-1/again';

  beforeEach(() => {
    s3.on(HeadObjectCommand).resolves({ ContentLength: 1 });
    bucket.set(invocationKey('run-1'), Buffer.from(JSON.stringify(aNodeInvocation())));
    mockExecution({ status: 'FAILED', input: JSON.stringify(aRunRequest()) });
  });

  const startedArgs = () => {
    const [start] = states.commandCalls(StartExecutionCommand);
    const key = invocationKey(start?.args[0].input.name ?? '');
    return (JSON.parse((bucket.get(key) ?? '{}').toString()) as { args?: unknown }).args;
  };

  it('Without arguments the run has those of the repeated one', async () => {
    expect((await site.post(AGAIN, {})).status).toBe(200);
    expect(startedArgs()).toEqual([]);
  });

  it('With other arguments the run has those', async () => {
    expect((await site.post(AGAIN, { args: ['eu', { at: 1 }] })).status).toBe(200);
    expect(startedArgs()).toEqual(['eu', { at: 1 }]);
  });

  it.each([
    ['an object', { args: { a: 1 } }],
    ['an integer that was rounded', { args: [2 ** 60] }],
    ['keyword arguments for a Node.js function', { kwargs: {} }],
    ['another member', { args: [], build: {} }],
  ])('Arguments with %s are refused, and nothing is started', async (_what, body) => {
    const answer = await site.post(AGAIN, body);

    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'InvalidRequest' });
    expect(states.commandCalls(StartExecutionCommand)).toEqual([]);
  });
});

describe('Lists of the console', () => {
  it.each(['status=DONE', 'label=prod', 'day=yesterday', 'limit=0', 'other=1'])(
    'A list with %s is refused and names the parameter',
    async (query) => {
      const answer = await call(`/api/runs?${query}`, { headers: own() });

      expect(answer.status).toBe(400);
      expect(JSON.parse(answer.body).message).toContain(query.split('=')[0]);
    },
  );

  it.each(['/api/runs', '/api/changes', '/api/hours'])(
    'A page that leaves ends what is read for %s',
    async (path) => {
      const asked = new EventEmitter();
      dynamoDb.on(QueryCommand).callsFake(() => {
        asked.emit('query');
        return new Promise(() => undefined);
      });
      const sent = request(`${running.url}${path}`, { headers: own() });
      sent.on('error', () => undefined).end();
      await once(asked, 'query');
      const [, options] = dynamoDb.commandCalls(QueryCommand)[0]?.args as unknown as SentWith;
      const aborted = once(options.abortSignal, 'abort');
      sent.destroy();

      await expect(aborted).resolves.toHaveLength(1);
    },
  );
});

/** A command, and the options with which it was sent. */
type SentWith = readonly [command: QueryCommand, options: { readonly abortSignal: AbortSignal }];
