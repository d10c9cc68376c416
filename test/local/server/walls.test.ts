import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { startServer } from '../../../lib/local/server/start-server.js';
import type { ClientLimits } from '../../../lib/local/server/listen-on-loopback.js';
import type { UnsignedRoute } from '../../../lib/local/server/unsigned-route.js';
import { jsonService } from '../../../lib/local/wire/json-service.js';
import type { WireService } from '../../../lib/local/wire/wire-service.js';
import { send, sendSigned } from '../../fuzz/signed-request.js';
import { openTestPlaceContext, type TestPlaceContext } from '../test-place-context.js';

const BODY_MAX_BYTES = 2_000;

let context: TestPlaceContext;
const servers: Awaited<ReturnType<typeof startServer>>[] = [];
const sockets: Socket[] = [];

beforeAll(async () => {
  context = await openTestPlaceContext();
});
afterAll(() => context.dispose());
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** A route that accepts any body, and needs no signature. */
const OPEN: UnsignedRoute = {
  pathPrefix: '/open/',
  bodyMaxBytes: BODY_MAX_BYTES,
  async handle({ readBody }) {
    return { status: 200, body: String((await readBody()).length) };
  },
};

/** Returns a service that keeps the bodies that it received. */
function aService(): WireService & { readonly taken: string[] } {
  const taken: string[] = [];
  const service = jsonService({
    signingName: 'thing',
    targetPrefix: 'Thing',
    jsonVersion: '1.1',
    operations: { Take: async (input: object) => void taken.push(JSON.stringify(input)) },
  });
  return { ...service, bodyMaxBytes: BODY_MAX_BYTES, taken };
}

async function aServer(limits: Partial<ClientLimits> = {}) {
  const service = aService();
  const server = await startServer({ context, services: [service], unsigned: [OPEN], port: 0, limits });
  servers.push(server);
  const { region, credentials } = context;
  return { service, port: server.port, place: { port: server.port, region, credentials } };
}

function aSocket(port: number, host = '127.0.0.1'): Socket {
  const socket = connect(port, host);
  sockets.push(socket);
  return socket.on('error', () => undefined);
}

/** Resolves when the connection is closed, either after an error response or without one. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

const TAKE = { service: 'thing', headers: { 'x-amz-target': 'Thing.Take' } };

describe('The address of the server', () => {
  it('The server listens on the loopback address only', async () => {
    const { port } = await aServer();
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4')
      .map(({ address }) => address);
    for (const address of ['127.0.0.2', '::1', ...others]) {
      const socket = aSocket(port, address);
      await closed(socket);
      expect([address, socket.bytesRead]).toEqual([address, 0]);
    }
    const own = aSocket(port);
    await once(own, 'connect');
  });
});

describe('A slow client', () => {
  it('A client is disconnected when its headers do not end', async () => {
    const { port } = await aServer({ headersMs: 100 });
    const socket = aSocket(port).resume();
    socket.write('GET / HTTP/1.1\r\nhost: 127');
    const drip = setInterval(() => socket.write('.'), 20);
    await closed(socket);
    clearInterval(drip);
  });

  it('A client is disconnected when its body arrives too slowly', async () => {
    const { port } = await aServer({ requestMs: 200, headersMs: 100 });
    const socket = aSocket(port).resume();
    socket.write(`POST /open/ HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-length: 1000\r\n\r\n`);
    const drip = setInterval(() => socket.write('x'), 20);
    await closed(socket);
    clearInterval(drip);
  });

  it('A client is disconnected when it sends nothing', async () => {
    const { port } = await aServer({ idleMs: 100 });
    const socket = aSocket(port).resume();
    socket.write(`POST /open/ HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-length: 1000\r\n\r\n`);
    await closed(socket);
  });

  it('A slow client does not block other clients', async () => {
    const { port, place, service } = await aServer();
    for (let count = 0; count < 50; count += 1) aSocket(port).write('POST / HTTP/1.1\r\nhost:');
    expect((await sendSigned(place, { ...TAKE, body: '{"a":1}' })).status).toBe(200);
    expect(service.taken).toEqual(['{"a":1}']);
  });

  it('A client is refused when there are too many connections', async () => {
    const { port } = await aServer({ connections: 2 });
    const first = [aSocket(port), aSocket(port)];
    await Promise.all(first.map((socket) => once(socket, 'connect')));
    const third = aSocket(port);
    await closed(third);
    expect(first.map(({ destroyed }) => destroyed)).toEqual([false, false]);
  });
});

describe('A request that is too large', () => {
  it('A request that is too large is refused by its Content-Length, before its body is read', async () => {
    const { place, service } = await aServer();
    const answer = await sendSigned(place, { ...TAKE, body: JSON.stringify('x'.repeat(BODY_MAX_BYTES)) });
    expect([answer.status, answer.body]).toEqual([413, expect.stringContaining('RequestEntityTooLarge')]);
    expect(service.taken).toEqual([]);
  });

  it('A request that is too large is refused when it has no Content-Length', async () => {
    const { port } = await aServer();
    const socket = aSocket(port);
    const answer = once(socket, 'data') as Promise<[Buffer]>;
    const piece = 'x'.repeat(1_000);
    socket.write(`POST /open/ HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ntransfer-encoding: chunked\r\n\r\n`);
    for (let count = 0; count < 3; count += 1) socket.write(`3e8\r\n${piece}\r\n`);
    const [text] = await answer;
    expect(text.toString()).toMatch(/^HTTP\/1.1 413 [^]*RequestEntityTooLarge/);
  });

  it('A request is refused when its headers are too large', async () => {
    const { port, service } = await aServer();
    const headers = { host: `127.0.0.1:${port}`, 'x-long': 'x'.repeat(20_000) };
    expect((await send(port, { method: 'POST', path: '/', headers, body: '' })).status).toBe(431);
    expect(service.taken).toEqual([]);
  });
});
