import { existsSync } from 'node:fs';
import { cp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { InvokeAnswer } from '../../../lib/local/ports.js';
import { NO_QUOTAS } from '../../../lib/local/quotas/quotas.js';
import type { Json } from '../../../lib/local/resources/resource-provider.js';
import { openTestPlaceContext, type TestPlaceContext } from '../test-place-context.js';
import { openTestLambda, type TestLambda, until } from './function-fixtures.js';

let context: TestPlaceContext;
let lambda: TestLambda;

beforeEach(async () => {
  context = await openTestPlaceContext();
  lambda = await openTestLambda(context);
});
afterEach(async () => {
  await lambda.close();
  await context.dispose();
});

const parsed = (answer: InvokeAnswer) => JSON.parse(answer.payload);

describe('Functions', () => {
  it('`invoke` returns the result of the handler', async () => {
    await lambda.deploy('double', 'export const handler = async ({ n }) => ({ twice: n * 2 });');
    const answer = await lambda.invoke('double', '{"n":21}');
    expect(answer).toEqual({ payload: '{"twice":42}', requestId: expect.any(String) });
  });

  it('`invoke` returns null for a handler that returns nothing', async () => {
    await lambda.deploy('quiet', 'export const handler = async () => {};');
    expect((await lambda.invoke('quiet', '{}')).payload).toBe('null');
  });

  it('A function finds the AWS SDK, which is part of Lambda runtimes, by `import` and `require`', async () => {
    await lambda.deploy(
      'client',
      `import { createRequire } from 'node:module';
      import { S3Client } from '@aws-sdk/client-s3';
      export const handler = async () =>
        S3Client.name + (createRequire(import.meta.url)('@aws-sdk/client-sfn').SFNClient.name);`,
    );
    expect((await lambda.invoke('client', '{}')).payload).toBe('"S3ClientSFNClient"');
  });

  it('A function inherits no open file of the local AWS, such as those of its databases', async () => {
    await lambda.deploy(
      'files',
      `import { readdirSync, readlinkSync } from 'node:fs';
      export const handler = async () =>
        readdirSync('/dev/fd').flatMap((fd) => {
          try {
            return readlinkSync('/dev/fd/' + fd);
          } catch {
            return [];
          }
        });`,
    );
    const files = parsed(await lambda.invoke('files', '{}')) as string[];
    expect(files).toContain('/dev/null');
    expect(files.filter((file) => file.startsWith(context.dataFolder))).toEqual([]);
  });

  it('`invoke` supports handlers with a callback', async () => {
    await lambda.deploy(
      'old',
      'export const handler = (event, context, done) => setTimeout(() => done(null, 7), 5);',
    );
    expect((await lambda.invoke('old', '{}')).payload).toBe('7');
  });

  it('A function is found by name, ARN and partial ARN, with the qualifier $LATEST only', async () => {
    await lambda.deploy('f', 'export const handler = async () => 1;');
    const arn = 'arn:aws:lambda:eu-central-1:123456789012:function:f';
    for (const name of ['f', arn, '123456789012:function:f', 'function:f', `${arn}:$LATEST`]) {
      expect((await lambda.invoke(name, '{}')).payload).toBe('1');
    }
    await expect(lambda.invoke('f:7', '{}')).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
      statusCode: 404,
      message: `Function not found: ${arn}:7`,
    });
  });

  it("A function's environment has the template's variables and the endpoint, and none of the developer's", async () => {
    process.env['DEVELOPERS_SECRET'] = 'x';
    context.setEndpoint('http://127.0.0.1:4242');
    await lambda.deploy('env', 'export const handler = async () => process.env;', {
      Environment: { Variables: { COLOUR: 'red' } },
      MemorySize: 256,
    });
    const environment = parsed(await lambda.invoke('env', '{}'));
    delete process.env['DEVELOPERS_SECRET'];
    expect(environment).toMatchObject({
      COLOUR: 'red',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4242',
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: context.credentials.accessKeyId,
      AWS_LAMBDA_FUNCTION_NAME: 'env',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/env',
      _HANDLER: 'index.handler',
    });
    expect(environment).not.toHaveProperty('DEVELOPERS_SECRET');
    expect(environment.HOME).toBe(join(context.dataFolder, 'lambda', 'home'));
  });

  it('An environment variable of a template may be a number, and an object is refused with its name', async () => {
    const deploy = (LEVEL: Json) =>
      lambda.deploy('level', 'export const handler = async () => process.env.LEVEL;', {
        Environment: { Variables: { LEVEL } },
      });
    await deploy(3);
    expect(parsed(await lambda.invoke('level', '{}'))).toBe('3');
    await expect(deploy({ a: 1 })).rejects.toThrow(/nvironment\.Variables\.LEVEL/);
  });

  it("A handler's context has the request id, the function's name and the remaining time", async () => {
    await lambda.deploy(
      'ctx',
      'export const handler = async (e, c) => ({ ...c, left: c.getRemainingTimeInMillis() });',
      { Timeout: 20 },
    );
    const answer = await lambda.invoke('ctx', '{}');
    const value = parsed(answer);
    expect(value).toMatchObject({
      awsRequestId: answer.requestId,
      functionName: 'ctx',
      memoryLimitInMB: '128',
      invokedFunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:ctx',
      logGroupName: '/aws/lambda/ctx',
    });
    expect(value.left).toBeGreaterThan(10_000);
    expect(value.left).toBeLessThanOrEqual(20_000);
  });

  it('A thrown error is returned with its name, message and trace', async () => {
    await lambda.deploy(
      'throws',
      'class NotReady extends Error { name = "NotReady" }\nexport const handler = async () => { throw new NotReady("wait"); };',
    );
    const answer = await lambda.invoke('throws', '{}');
    expect(answer.functionError).toBe('Unhandled');
    expect(parsed(answer)).toEqual({ errorType: 'NotReady', errorMessage: 'wait', trace: expect.any(Array) });
    expect(parsed(answer).trace[0]).toBe('NotReady: wait');
    expect(parsed(answer).trace[1]).toContain('index.mjs:2');
  });

  it("Errors of codeseeder's own handlers have traces with TypeScript lines", async () => {
    const built = join(process.cwd(), 'dist/lambdas/start-build');
    const asset = join(context.dataFolder, 'assets', 'start-build');
    await cp(built, asset, { recursive: true });
    await lambda.deploy('start-build', await readFile(join(built, 'index.mjs'), 'utf8'), {
      Environment: {
        Variables: {
          NODE_OPTIONS: '--enable-source-maps',
          CODESEEDER_SEEDKIT: 'demo',
          CODESEEDER_RUN_TABLE: 'runs',
          CODESEEDER_LOCK_TABLE: 'locks',
        },
      },
    });

    const { errorType, trace } = parsed(await lambda.invoke('start-build', '{}'));

    expect(errorType).toBe('InvalidRequest');
    const line =
      (await readFile('lambdas/start-build/handler.ts', 'utf8'))
        .split('\n')
        .findIndex((text) => text.includes('parseStartBuildInput(event)')) + 1;
    expect(trace.join('\n')).toContain(`lambdas/start-build/handler.ts:${line}:`);
  });

  it.each([
    ['a thrown text', 'export const handler = async () => { throw "no"; };', 'string', 'no'],
    ['a value that is no JSON', 'export const handler = async () => 1n;', 'Runtime.MarshalError', /BigInt/],
    ['a missing export', 'export const other = 1;', 'Runtime.HandlerNotFound', /index\.handler/],
    ['a missing import', 'import "./gone.mjs";', 'Runtime.ImportModuleError', /gone\.mjs/],
    ['a syntax error', 'export const handler = ;', 'Runtime.UserCodeSyntaxError', /Unexpected token/],
    ['a throw at load', 'throw new RangeError("at load");', 'RangeError', 'at load'],
    [
      'a forgotten rejection',
      'export const handler = () => { Promise.reject(new Error("lost")); return new Promise(() => {}); };',
      'Runtime.UnhandledPromiseRejection',
      /lost/,
    ],
    [
      'an uncaught throw',
      'export const handler = () => { setImmediate(() => { throw new TypeError("late"); }); return new Promise(() => {}); };',
      'TypeError',
      'late',
    ],
    ['an exit', 'export const handler = () => process.exit(3);', 'Runtime.ExitError', /exit status 3$/],
    [
      'an exit without error',
      'export const handler = () => process.exit(0);',
      'Runtime.ExitError',
      /without providing a reason$/,
    ],
  ])(
    "A failure by %s is returned with the service's error type",
    async (_what, source, errorType, errorMessage) => {
      await lambda.deploy('f', source, { Timeout: 10 });
      const answer = await lambda.invoke('f', '{}');
      expect(answer.functionError).toBe('Unhandled');
      expect(parsed(answer).errorType).toBe(errorType);
      expect(parsed(answer).errorMessage).toMatch(errorMessage);
    },
  );

  it('A function ends at its time-out, even in a busy loop, and runs again afterwards', async () => {
    await lambda.deploy(
      'slow',
      'export const handler = async ({ loop }) => { while (loop); return "quick"; };',
      { Timeout: 1 },
    );
    const answer = await lambda.invoke('slow', '{"loop":true}');
    expect(parsed(answer)).toEqual({
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${answer.requestId} Error: Task timed out after 1.00 seconds`,
    });
    expect((await lambda.invoke('slow', '{}')).payload).toBe('"quick"');
    expect(lambda.logs.messages('/aws/lambda/slow').join('\n')).toContain(
      'Task timed out after 1.00 seconds',
    );
  });

  it('A function over its memory limit ends without ending others', async () => {
    await lambda.deploy(
      'greedy',
      'export const handler = async ({ eat }) => { const all = []; while (eat) all.push(new Array(1e5).fill(Math.random())); return 1; };',
      { Timeout: 50 },
    );
    const answer = await lambda.invoke('greedy', '{"eat":true}');
    expect(parsed(answer)).toMatchObject({
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringMatching(/signal: aborted/),
    });
    expect((await lambda.invoke('greedy', '{}')).payload).toBe('1');
  });

  it('A function keeps running when its asset is built again', async () => {
    await lambda.deploy(
      'kept',
      'export const handler = async () => (await import("./part.mjs").catch(() => ({ here: true }))).here;',
    );
    await rm(join(context.dataFolder, 'assets'), { recursive: true });
    expect((await lambda.invoke('kept', '{}')).payload).toBe('true');
  });

  it('A function runs its new code after an update', async () => {
    await lambda.deploy('f', 'export const handler = async () => "old";');
    expect((await lambda.invoke('f', '{}')).payload).toBe('"old"');
    const [provider] = lambda.resourceProviders;
    await provider?.update(
      { physicalId: 'f', attributes: {} },
      {
        stackName: 's',
        logicalId: 'f',
        properties: {
          Handler: 'index.handler',
          Runtime: 'nodejs22.x',
          Role: 'r',
          Code: { ZipFile: 'exports.handler = async () => "new";' },
        },
      },
    );
    expect((await lambda.invoke('f', '{}')).payload).toBe('"new"');
  });

  it('Processes that a handler started are ended', async () => {
    const file = join(context.dataFolder, 'pid');
    await lambda.deploy(
      'parent',
      `import { spawn } from 'node:child_process'; import { writeFileSync } from 'node:fs';
       export const handler = async () => { writeFileSync(${JSON.stringify(file)}, String(spawn('sleep', ['1000']).pid)); process.exit(1); };`,
    );
    await lambda.invoke('parent', '{}');
    const pid = Number(await readFile(file, 'utf8'));
    await until(
      async () =>
        !existsSync(`/proc/${pid}`) || (await readFile(`/proc/${pid}/stat`, 'utf8')).includes(') Z '),
    );
  });
});

describe('Concurrent invocations', () => {
  it('Concurrent invocations each receive their own result from a few workers', async () => {
    await lambda.deploy(
      'many',
      'export const handler = async ({ i }) => { console.log("saw", i); return { i, pid: process.pid }; };',
    );
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => lambda.invoke('many', JSON.stringify({ i }))),
    );
    expect(answers.map((answer) => parsed(answer).i)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(new Set(answers.map((answer) => parsed(answer).pid)).size).toBeLessThanOrEqual(2);
    const saw = lambda.logs.messages('/aws/lambda/many').filter((line) => line.includes('saw'));
    expect(saw).toHaveLength(50);
  });

  it('Functions that call each other do not deadlock', async () => {
    await lambda.close();
    lambda = await openTestLambda(context, { workersInAll: 1, workersPerFunction: 1 });
    await lambda.deploy('inner', 'export const handler = async () => "inner";');
    await lambda.deploy(
      'outer',
      'export const handler = async () => new Promise((r) => setTimeout(r, 300, "outer"));',
    );
    const outer = lambda.invoke('outer', '{}');
    expect((await lambda.invoke('inner', '{}')).payload).toBe('"inner"');
    expect((await outer).payload).toBe('"outer"');
  });

  it('Invocations over the reserved concurrency are refused', async () => {
    await lambda.deploy(
      'one',
      'export const handler = async () => new Promise((r) => setTimeout(r, 200, 1));',
      { ReservedConcurrentExecutions: 1 },
    );
    const first = lambda.invoke('one', '{}');
    await new Promise(setImmediate);
    await expect(lambda.invoke('one', '{}')).rejects.toMatchObject({
      code: 'TooManyRequestsException',
      statusCode: 429,
    });
    expect((await first).payload).toBe('1');
  });
});

describe('Invocations over the concurrency of the account', () => {
  const SLOW = 'export const handler = async () => new Promise((r) => setTimeout(r, 300, 1));';

  beforeEach(async () => {
    await lambda.close();
    lambda = await openTestLambda({ ...context, quotas: { ...NO_QUOTAS, concurrentInvocations: 2 } });
    for (const name of ['one', 'two', 'three']) await lambda.deploy(name, SLOW);
  });

  it('Synchronous invocations over the concurrency of the account are refused, also of another function', async () => {
    const running = [lambda.invoke('one', '{}'), lambda.invoke('two', '{}')];
    await new Promise(setImmediate);
    await expect(lambda.invoke('three', '{}')).rejects.toMatchObject({
      code: 'TooManyRequestsException',
      statusCode: 429,
      members: { Reason: 'ConcurrentInvocationLimitExceeded' },
    });
    await Promise.all(running);
    await expect(lambda.invoke('three', '{}')).resolves.toMatchObject({ payload: '1' });
  });

  it('Asynchronous events over the concurrency of the account are accepted, and run later', async () => {
    const running = [lambda.invoke('one', '{}'), lambda.invoke('two', '{}')];
    await new Promise(setImmediate);
    await lambda.invokeAsync('three', '{}');
    await Promise.all(running);
    await until(() =>
      lambda.logs.messages('/aws/lambda/three').some((line) => line.startsWith('REPORT RequestId')),
    );
  });
});

describe('A queue of events for one function', () => {
  it('Events that wait for a worker take no concurrency from callers of other functions', async () => {
    await lambda.close();
    lambda = await openTestLambda(
      { ...context, quotas: { ...NO_QUOTAS, concurrentInvocations: 3 } },
      { workersPerFunction: 1 },
    );
    await lambda.deploy(
      'slow',
      'export const handler = async () => new Promise((r) => setTimeout(r, 50, 1));',
    );
    await lambda.deploy('other', 'export const handler = async () => 2;');
    for (let event = 0; event < 20; event += 1) await lambda.invokeAsync('slow', '{}');
    const reports = () =>
      lambda.logs.messages('/aws/lambda/slow').filter((line) => line.startsWith('REPORT RequestId')).length;
    await until(() => reports() > 0);
    await expect(lambda.invoke('other', '{}')).resolves.toMatchObject({ payload: '2' });
    expect(reports()).toBeLessThan(20);
    await until(() => reports() === 20);
  });
});

describe('The log of a function', () => {
  it('The log of a function has start, lines of both streams, end and report in order', async () => {
    await lambda.deploy(
      'talks',
      'export const handler = async () => { console.log("hello\\nworld"); process.stdout.write("raw without end"); return 1; };',
    );
    const { requestId } = await lambda.invoke('talks', '{}');
    const lines = lambda.logs.messages('/aws/lambda/talks');
    expect(lines[0]).toBe(`START RequestId: ${requestId} Version: $LATEST`);
    expect(lines[1]).toMatch(new RegExp(`^[0-9TZ:.-]+\t${requestId}\tINFO\thello\rworld$`));
    expect(lines[2]).toBe('raw without end');
    expect(lines[3]).toBe(`END RequestId: ${requestId}`);
    expect(lines[4]).toMatch(
      /^REPORT RequestId: .*Duration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 128 MB\tMax Memory Used: \d+ MB\tInit Duration/,
    );
    expect(lines).toHaveLength(5);
  });

  it('The log of a function is JSON in its configured group', async () => {
    await lambda.deploy(
      'json',
      'export const handler = async () => { console.debug("no"); console.warn({ a: 1 }); };',
      {
        LoggingConfig: { LogFormat: 'JSON', LogGroup: 'mine', ApplicationLogLevel: 'INFO' },
      },
    );
    const { requestId } = await lambda.invoke('json', '{}');
    const lines = lambda.logs.messages('mine').map((line) => JSON.parse(line));
    expect(lines).toEqual([
      expect.objectContaining({ type: 'platform.start' }),
      { timestamp: expect.any(String), level: 'WARN', requestId, message: { a: 1 } },
      expect.objectContaining({ type: 'platform.report' }),
    ]);
  });
});
