// The script of codeseeder.gitlab-ci.yml: runs codeseeder, and writes the files by which GitLab shows how the run ended.
import { writeFile } from 'node:fs/promises';

import { durationOf, exitWith, pageOf, runCodeseeder } from '../github-action/run-codeseeder.mjs';

const { env } = process;
const variable = (name) => (env[`CODESEEDER_${name}`] ?? '').trim();

await exitWith(main, (message) => process.stderr.write(`${message}\n`));

async function main() {
  const { exitCode, result, shown } = await runCodeseeder({
    target: variable('TARGET'),
    command: variable('COMMAND'),
    args: variable('ARGS'),
    options: variable('OPTIONS'),
    seedkit: variable('SEEDKIT'),
    region: '',
    runId: variable('RUN_ID'),
  });
  const page = pageOf(result, shown);
  const link = { label: `Run ${result?.runId}`, url: page };
  await Promise.all([
    writeFile('codeseeder-result.json', `${JSON.stringify(result ?? null, undefined, 2)}\n`),
    // Both values are of a known form, so that they cannot set other variables.
    writeFile(
      'codeseeder.env',
      `CODESEEDER_RUN_ID=${plain(result?.runId)}\nCODESEEDER_STATUS=${plain(result?.status)}\n`,
    ),
    writeFile(
      'codeseeder-annotations.json',
      JSON.stringify({ codeseeder: page === undefined ? [] : [{ external_link: link }] }),
    ),
  ]);
  const duration = durationOf(shown);
  process.stdout.write(
    `${result?.status ?? 'No run was started'}${duration === undefined ? '' : ` after ${duration}`}\n`,
  );
  return exitCode;
}

function plain(text = '') {
  return /^[\w-]*$/.test(text) ? text : '';
}
