import {
  contentDigest,
  definitionKey,
  describeTarget,
  type InvocationHead,
  type LayerReference,
  newTarget,
  publishedLayerKey,
  type TargetDefinition,
  targetKey,
  withVersion,
} from '../../../lib/contract/index.js';
import { RUN_ACTIONS, type RunAction } from '../run-plans.js';
import {
  ALIAS,
  type Edition,
  EDITION_LABEL,
  EDITION_VARIABLE,
  EDITIONS,
  lockOfEdition,
  targetName,
} from '../target-plans.js';
import type { World } from './world.js';

/** Stores a target with two versions for each action, as publications do. */
export function storeTargets(world: World, layer: LayerReference, content: Uint8Array): void {
  const put = (Key: string, Body: string | Uint8Array) => world.objects.operations.PutObject({ Key, Body });
  for (const does of RUN_ACTIONS) {
    let target = newTarget(targetName(does));
    for (const edition of EDITIONS) {
      const definition = definitionOf(does, edition, layer);
      const { name, publication, invocation } = definition;
      const text = JSON.stringify(definition);
      put(publishedLayerKey(name, publication, layer.key), content);
      put(definitionKey(name, publication), text);
      const version = {
        publication,
        definition: contentDigest(Buffer.from(text)),
        kind: invocation.kind,
        runs: describeTarget(invocation),
        publishedAt: new Date(world.time.now()).toISOString(),
      };
      target = withVersion(target, version, edition === 1 ? ALIAS : undefined);
    }
    put(targetKey(target.name), JSON.stringify(target));
  }
}

function definitionOf(does: RunAction, edition: Edition, layer: LayerReference): TargetDefinition {
  const lock = lockOfEdition(edition);
  const value = String(edition);
  return {
    version: 1,
    name: targetName(does),
    publication: `edition-${edition}-${does}`,
    invocation: headOf(does),
    bundle: { layers: [layer] },
    build: {
      environment: { [EDITION_VARIABLE]: { value, type: 'PLAINTEXT' } },
      exportedVariables: ['PROOF'],
    },
    labels: { [EDITION_LABEL]: value },
    ...(lock === undefined ? {} : { lock }),
  };
}

function headOf(does: RunAction): InvocationHead {
  if (does !== 'adds' && does !== 'throws') return { kind: 'commands', target: [does] };
  return { kind: 'node', target: { module: 'values.ts', exportName: does } };
}
