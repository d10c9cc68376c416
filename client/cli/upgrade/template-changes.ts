import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { seedkitNames } from '../../../lib/contract/index.js';
import { assemblyCacheFolder, synthesizeAssembly } from '../../deploy/assembly.js';
import { deployedContext, type StackState } from '../../deploy/stack-state.js';
import { parseTemplate } from '../../parse-template.js';
import type { AwsClients } from '../../connection/aws-clients.js';
import type { ChangedResource, TemplateChanges } from '../output-types.js';
import type { Terminal } from '../terminal.js';

type Template = Readonly<Record<string, unknown>>;

/**
 * Compares the deployed template with the one that this client synthesizes with the deployed settings. Needs the CDK
 * packages, and the right `cloudformation:GetTemplate`.
 */
export async function templateChanges(
  name: string,
  stack: StackState,
  clients: AwsClients,
  terminal: Terminal,
): Promise<TemplateChanges> {
  const { GetTemplateCommand } = await import('@aws-sdk/client-cloudformation');
  const client = await clients.cloudFormation();
  const { interrupted } = terminal;
  const command = new GetTemplateCommand({ StackName: stack.stackName, TemplateStage: 'Original' });
  const { TemplateBody = '{}' } = await client.send(command, { abortSignal: interrupted });
  const folder = await synthesizeAssembly({
    context: { ...deployedContext(stack), name },
    cacheFolder: assemblyCacheFolder(terminal.environment),
    signal: interrupted,
  });
  const file = path.join(folder, `${seedkitNames.stack(name)}.template.json`);
  return compareTemplates(parseTemplate(TemplateBody), parseTemplate(await readFile(file, 'utf8')));
}

/** Compares two templates by their values, whatever the order of members. */
export function compareTemplates(deployed: Template, made: Template): TemplateChanges {
  const [before, after] = [resourcesOf(deployed), resourcesOf(made)];
  const isChanged = (name: string) => textOf(before[name]) !== textOf(after[name]);
  const both = Object.keys(after).filter((name) => name in before);
  const { Resources: _, ...restBefore } = deployed;
  const { Resources: __, ...restAfter } = made;
  return {
    added: describe(
      Object.keys(after).filter((name) => !(name in before)),
      after,
    ),
    changed: describe(both.filter(isChanged), after),
    removed: describe(
      Object.keys(before).filter((name) => !(name in after)),
      before,
    ),
    others: textOf(restBefore) !== textOf(restAfter),
  };
}

/** Returns whether a deployment would change nothing. */
export function isUnchanged({ added, changed, removed, others }: TemplateChanges): boolean {
  return added.length + changed.length + removed.length === 0 && !others;
}

type Resources = Readonly<Record<string, { readonly Type?: string }>>;

function resourcesOf({ Resources }: Template): Resources {
  return (Resources ?? {}) as Resources;
}

function describe(names: readonly string[], resources: Resources): ChangedResource[] {
  return names
    .map((name) => ({ name, type: resources[name]?.Type ?? '' }))
    .sort((one, other) => (`${one.type} ${one.name}` < `${other.type} ${other.name}` ? -1 : 1));
}

/** Returns a value as JSON with sorted names. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([one], [other]) => (one < other ? -1 : 1)))
      : member,
  );
}
