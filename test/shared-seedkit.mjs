import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

/**
 * Jest's global setup. Listens on the socket in CODESEEDER_TEST_SEEDKIT, and starts one local AWS for all test files
 * when the first of them connects. This process starts it, and not a worker, because workers may end earlier.
 */
export default async function offerSharedSeedkit() {
  // Created here, so that all users can read it. A cache in it that is private would create it as private, too.
  const cache = path.resolve(import.meta.dirname, '../node_modules/.cache');
  await mkdir(cache, { recursive: true });
  // If the checkout is in /tmp, builds of the local AWS see the Python of the tests, which is in the cache, only if PATH
  // has a folder of the checkout.
  process.env['PATH'] = [process.env['PATH'], cache].join(path.delimiter);
  folder = await mkdtemp(path.join(tmpdir(), 'codeseeder-test-seedkit-'));
  const socket = path.join(folder, 'socket');
  server = createServer((connection) => {
    connection.on('error', () => undefined);
    description ??= start();
    description.then(
      (text) => connection.end(text),
      (error) => connection.end(JSON.stringify({ problem: String(error) })),
    );
  });
  await once(server.listen(socket), 'listening');
  server.unref();
  process.env['CODESEEDER_TEST_SEEDKIT'] = socket;
}

/** Jest's global teardown: ends the local AWS if one was started. */
export async function endSharedSeedkit() {
  server.close();
  if (localAws?.exitCode === null && localAws.kill('SIGTERM')) await once(localAws, 'exit');
  await rm(folder, { recursive: true, force: true });
}

let folder;
let server;
let localAws;
let description;

/** Starts the local AWS. @returns the JSON that `local up --json` prints, together with the folders */
async function start() {
  const root = path.resolve(import.meta.dirname, '..');
  const data = path.join(folder, 'data');
  const seenByBuilds = path.join(folder, 'seen-by-builds');
  await mkdir(seenByBuilds);
  await writePython(path.join(seenByBuilds, 'python3'));
  const args = ['local', 'up', 'e2e', '--data', data, '--json', '--concurrency', '8'];
  const { NODE_OPTIONS: _, ...environment } = process.env;
  localAws = spawn(process.execPath, [path.join(root, 'dist/bin/codeseeder.js'), ...args], {
    cwd: root,
    env: {
      ...environment,
      // Builds can see a folder in /tmp only if it is in PATH.
      PATH: [seenByBuilds, environment.PATH].join(path.delimiter),
      XDG_CACHE_HOME: path.join(root, 'node_modules/.cache/codeseeder-test'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // If a test run is interrupted, the global teardown does not run.
  process.once('exit', () => localAws.kill('SIGKILL'));
  let printed = '';
  let problems = '';
  localAws.stderr.setEncoding('utf8').on('data', (text) => (problems = (problems + text).slice(-4_000)));
  for await (const text of localAws.stdout.setEncoding('utf8')) {
    printed += text;
    if (printed.endsWith('\n}\n')) {
      return JSON.stringify({ ...JSON.parse(printed), dataFolder: data, seenByBuilds });
    }
  }
  throw new Error(`The local AWS that test files share ended before it was up:\n${problems}`);
}

/** Writes a `python3` that executes the Python in the variable TEST_PYTHON, or else the machine's. */
async function writePython(file) {
  const { stdout } = await promisify(execFile)('sh', ['-c', 'command -v python3 || echo python3-is-missing']);
  await writeFile(file, `#!/bin/sh\nexec "\${TEST_PYTHON:-${stdout.trim()}}" "$@"\n`, { mode: 0o755 });
}
