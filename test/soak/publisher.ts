import path from 'node:path';

import type { Publishable, Seedkit } from '../../client/index.js';
import type { TargetDefinition, TargetVersion } from '../../lib/contract/index.js';
import { listTargets, readDefinition } from '../../lib/run-store/targets.js';
import type { S3Bucket } from '../../lib/s3-objects.js';
import { commandsOf } from './planned-commands.js';
import type { RunAction } from './run-plans.js';
import {
  ALIAS,
  type Edition,
  EDITION_LABEL,
  EDITION_VARIABLE,
  EDITIONS,
  lockOfEdition,
  targetName,
} from './target-plans.js';

const FUNCTIONS = path.resolve(import.meta.dirname, '../fixtures/functions');
const MODULES: Readonly<Record<Edition, string>> = { 1: 'values.ts', 2: 'second-edition.ts' };

/** A publication that was acknowledged. */
export interface AcknowledgedVersion {
  readonly name: string;
  readonly version: number;
  readonly publication: string;
}

/** A version as the bucket has it, with what it runs. */
export interface StoredVersion extends AcknowledgedVersion {
  readonly definition: TargetDefinition;
}

/** Publishes versions of the targets that runs start. */
export interface Publisher {
  /** Publishes both editions of each target again, all at once. A publication that fails is left out. */
  publish(): Promise<void>;
  readonly acknowledged: readonly AcknowledgedVersion[];
  /** Returns the number of the newest version of a target that was acknowledged. */
  newest(name: string): number;
}

/** Creates a publisher that has published the first two versions of a target for each action. */
export async function openPublisher(kit: Seedkit, actions: readonly RunAction[]): Promise<Publisher> {
  const acknowledged: AcknowledgedVersion[] = [];
  const publishOne = async (does: RunAction, edition: Edition) => {
    const lock = lockOfEdition(edition);
    const { name, version, publication } = await kit.publish(targetName(does), published(does, edition), {
      labels: { [EDITION_LABEL]: String(edition) },
      build: {
        environment: { [EDITION_VARIABLE]: { value: String(edition), type: 'PLAINTEXT' } },
        exportedVariables: ['PROOF'],
      },
      ...(lock === undefined ? {} : { lock }),
      ...(edition === 1 ? { alias: ALIAS } : {}),
    });
    acknowledged.push({ name, version, publication });
  };
  const publications = () => actions.flatMap((does) => EDITIONS.map((edition) => publishOne(does, edition)));
  await Promise.all(publications());
  return {
    acknowledged,
    publish: async () => void (await Promise.allSettled(publications())),
    newest: (name) =>
      Math.max(0, ...acknowledged.filter((one) => one.name === name).map(({ version }) => version)),
  };
}

function published(does: RunAction, edition: Edition): Publishable {
  const file = path.join(FUNCTIONS, MODULES[edition]);
  if (does === 'adds') return { file, exportName: 'add' };
  if (does === 'throws') return { file, exportName: 'deployNetwork' };
  return { commands: commandsOf(does, lockOfEdition(edition)) };
}

/** Reads all versions of all targets. */
export async function storedVersions(files: S3Bucket): Promise<StoredVersion[]> {
  const stored: StoredVersion[] = [];
  for (const { name, versions } of await listTargets(files)) {
    const read = async (version: TargetVersion) => ({
      name,
      ...version,
      definition: await readDefinition(name, version, files),
    });
    stored.push(...(await Promise.all(versions.map(read))));
  }
  return stored;
}
