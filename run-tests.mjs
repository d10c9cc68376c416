// Does what `npm run build`, `npm run check` and `npm run test:jest` do, side by side, with one compilation for both the
// build and the check. Its arguments are Jest's.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const format = quietly('npm', ['run', '--silent', 'format:check']);
const code = quietly(process.execPath, ['lint-and-typecheck.mjs', '--emit']);
const isEmitted = await Promise.race([
  once(code.process, 'message').then(() => true),
  code.ended.then(() => false),
]);
const isBuilt = isEmitted && (await visibly('npm', ['run', '--silent', 'build:bundles'])) === 0;
const jest = isBuilt
  ? await visibly('npm', ['run', '--silent', 'test:jest', '--', ...process.argv.slice(2)])
  : 1;
const exitCodes = [jest, await code.ended, await format.ended];
process.exitCode = exitCodes.some((exitCode) => exitCode !== 0) ? 1 : 0;

/** Starts a process, whose output is printed as a whole when it has ended. Its promise is fulfilled with the exit code. */
function quietly(command, args) {
  const child = spawn(command, args, { stdio: ['inherit', 'pipe', 'pipe', 'ipc'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => (output += text));
  }
  const ended = once(child, 'close').then(([exitCode]) => {
    process.stderr.write(output);
    return exitCode;
  });
  return { process: child, ended };
}

async function visibly(command, args) {
  const [exitCode] = await once(spawn(command, args, { stdio: 'inherit' }), 'close');
  return exitCode;
}
