import { join } from 'node:path';

import type { DurableStore } from '../durable/durable-store.js';
import { openCodeChecksums } from '../lambda/code-checksums.js';
import { CODE_FOLDER } from '../lambda/function-code.js';
import type { StoredFunction } from '../lambda/stored-function.js';
import { openStackStore } from '../template/stack-store.js';
import type { Repair } from './repair-report.js';

/** Removes functions whose code was changed after the deployment. The next deployment creates them again. */
export async function repairFunctions(repair: Repair, store: DurableStore): Promise<void> {
  const checksums = openCodeChecksums(store, join(repair.dataFolder, CODE_FOLDER));
  const functions = store.collection<StoredFunction>('lambda-functions');
  for await (const [name, { codeFolder }] of functions.entries()) {
    const changed = await checksums.changeOf(codeFolder);
    if (changed === undefined) continue;
    repair.lose(
      `function ${name}`,
      `${changed.path} is damaged: ${changed.reason}. The next deployment creates the function again`,
    );
    await repair.moveAside(join(CODE_FOLDER, codeFolder));
    await functions.delete(name);
    await deployAgain(store, name);
  }
}

/**
 * Marks the stack's resource of a function as failed. Otherwise the next deployment would skip it as complete and
 * unchanged.
 */
async function deployAgain(store: DurableStore, functionName: string): Promise<void> {
  const stacks = openStackStore(store);
  for (const { stackId } of await stacks.list()) {
    const stack = await stacks.read(stackId);
    if (stack === undefined) continue;
    const resources = stack.resources.map((resource) => {
      const isFunction = resource.type === 'AWS::Lambda::Function' && resource.physicalId === functionName;
      const reason = 'The code was damaged.';
      return isFunction ? { ...resource, status: 'UPDATE_FAILED' as const, reason } : resource;
    });
    await stacks.put({ ...stack, resources }, stack);
  }
}
