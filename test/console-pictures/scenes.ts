import path from 'node:path';

import type { Seedkit } from '../../client/index.js';

const VALUES = path.resolve(import.meta.dirname, '../fixtures/functions/values.ts');

/** Pages of the console by name, and how to end the runs that go on. */
export interface Scenes {
  readonly pages: Readonly<Record<string, string>>;
  /** Cancels a run. Lists then show the name of this machine. */
  cancelOne(): Promise<void>;
  end(): Promise<void>;
}

/** Starts runs, a map, targets, schedules and locks, and returns the pages that show them. */
export async function pagesWithContent(kit: Seedkit): Promise<Scenes> {
  const map = await kit.mapCommands(
    ['test "$((CODESEEDER_INPUT % 9))" -ne 4'],
    Array.from({ length: 40 }).keys(),
    { concurrency: 4, name: 'Check each account' },
  );
  await Promise.allSettled([map.wait()]);
  const [passed, failed, canceled] = await Promise.all([
    kit.submitCommands(
      [
        'for zone in a b c; do echo "subnet $zone: up to date"; done',
        'printf "\\033[32mApplied\\033[0m 12 resources\\n"',
      ],
      {
        name: 'Deploy the network',
        labels: { stage: 'prod', team: 'platform' },
      },
    ),
    kit.submitFunction(VALUES, 'deployNetwork', ['prod'], { labels: { stage: 'prod' } }),
    kit.submitCommands(['sleep 600'], { name: 'Drift check' }),
    kit.submitFunction(VALUES, 'add', [1, 2]),
    kit.submitCommands(['echo checking; exit 3'], { name: 'Check the certificates' }),
  ]);
  await Promise.allSettled([passed.outcome(), failed.outcome()]);
  await kit.publish('rotate-certificates', { commands: ['true'] }, { alias: 'prod' });
  await kit.schedules.add('nightly-rotation', {
    target: 'rotate-certificates@prod',
    expression: 'cron(0 2 * * ? *)',
  });
  const deployments = { lock: 'network', name: 'Deploy the network' };
  const holder = await kit.submitCommands(['echo "Waiting for the stack"; sleep 600'], deployments);
  const waiting = await kit.submitCommands(['true'], deployments);
  return {
    pages: {
      runs: '/',
      'run-passed': `/runs/${passed.id}`,
      'run-failed': `/runs/${failed.id}`,
      'run-canceled': `/runs/${canceled.id}`,
      'run-building': `/runs/${holder.id}`,
      maps: '/maps',
      map: `/maps/${map.id}`,
      targets: '/targets',
      seedkit: '/seedkit',
    },
    cancelOne: () => canceled.cancel('Not needed'),
    async end() {
      await Promise.all([holder.cancel(), waiting.cancel(), canceled.cancel()]);
    },
  };
}
