import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { createHash } from 'node:crypto';
import type { AddressInfo } from 'node:net';

import { BUILD_VARIABLES } from '../../../lib/contract/index.js';

/** A fake account in which every write succeeds, and every GetObject returns the same object, with few exceptions. */
export interface AccountOfOneObject {
  readonly endpoint: string;
  object: Buffer;
  /** Objects that differ from `object`, by key. */
  readonly objects: Map<string, Buffer>;
  /** Answers that differ from the usual ones, by the target of the request, such as `AWSEvents.PutEvents`. */
  readonly answers: Map<string, unknown>;
  /** Size of each object that was written, in bytes. */
  readonly puts: number[];
  /** Bodies of the JSON requests. */
  readonly requests: string[];
  close(): Promise<void>;
}

const ANSWERS: Readonly<Record<string, unknown>> = {
  'AWSStepFunctions.StartExecution': { executionArn: 'arn', startDate: 0 },
  'AWSEvents.PutEvents': { FailedEntryCount: 0, Entries: [{ EventId: '1' }] },
  'DynamoDB_20120810.GetItem': {},
};

/** Returns a successful build that has exported the digest of the object. */
function buildsWithResult(object: Buffer): unknown {
  const sha256 = createHash('sha256').update(object).digest('hex');
  return {
    builds: [
      {
        id: 'codeseeder-demo:1',
        arn: 'arn:aws:codebuild:us-east-1:000000000000:build/codeseeder-demo:1',
        buildStatus: 'SUCCEEDED',
        buildComplete: true,
        currentPhase: 'COMPLETED',
        endTime: 0,
        phases: [],
        exportedEnvironmentVariables: [{ name: BUILD_VARIABLES.result, value: `${sha256}:${object.length}` }],
      },
    ],
  };
}

/** Starts the account on a free port. */
export async function startAccountOfOneObject(): Promise<AccountOfOneObject> {
  const account = {
    object: Buffer.of(),
    objects: new Map<string, Buffer>(),
    answers: new Map<string, unknown>(),
    puts: [] as number[],
    requests: [] as string[],
  };
  const server: Server = createServer((request, response) => void answer(request, response));
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = request.headers['x-amz-target'];
    if (request.method === 'GET') {
      const [, , ...key] = decodeURIComponent(new URL(request.url ?? '', 'http://s3').pathname).split('/');
      const object = account.objects.get(key.join('/')) ?? account.object;
      response.writeHead(200, { 'content-length': object.length }).end(object);
      return;
    }
    const body = await bodyOf(request);
    if (request.method === 'PUT') {
      account.puts.push(body.length);
      response.writeHead(200, { etag: '"1"' }).end();
      return;
    }
    account.requests.push(body.toString());
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
    const isBuilds = target === 'CodeBuild_20161006.BatchGetBuilds';
    response.end(
      JSON.stringify(
        isBuilds
          ? buildsWithResult(account.object)
          : (account.answers.get(String(target)) ?? ANSWERS[String(target)] ?? {}),
      ),
    );
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(account, {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  });
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
