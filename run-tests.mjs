// Does what `npm run build`, `npm run check` and `npm run test:jest` do. The check runs beside the tests, so that both
// processors are in use, and the build leaves the types to it. The arguments of this script are Jest's.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const isBuilt =
  (await visibly('npm', ['run', '--silent', 'build:modules', '--', '--noCheck'])) === 0 &&
  (await visibly('npm', ['run', '--silent', 'build:bundles'])) === 0;
const checked = quietly('npm', ['run', '--silent', 'check']);
const jest = isBuilt
  ? await visibly('npm', ['run', '--silent', 'test:jest', '--', ...process.argv.slice(2)])
  : 1;
const exitCodes = [jest, await checked];
process.exitCode = exitCodes.some((exitCode) => exitCode !== 0) ? 1 : 0;

/** Runs a process and prints its output as a whole when it has ended. */
async function quietly(command, args) {
  const child = spawn(command, args, { stdio: ['inherit', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => (output += text));
  }
  const [exitCode] = await once(child, 'close');
  process.stderr.write(output);
  return exitCode;
}

async function visibly(command, args) {
  const [exitCode] = await once(spawn(command, args, { stdio: 'inherit' }), 'close');
  return exitCode;
}
