import {
  findVersion,
  parseTargetAlias,
  parseTargetName,
  parseTargetReference,
  withAlias,
} from '../../lib/contract/index.js';
import { filesOf } from '../connection/seedkit-resources.js';
import type { KitAccess } from '../kit-access.js';
import type { Seedkit } from '../seedkit-types.js';
import type { StartTargetOptions, Target, Targets } from '../target-types.js';

/** Returns the targets of a kit. Their modules are loaded by the first call. */
function openTargets(kit: KitAccess): Targets {
  return {
    async list({ aws } = {}) {
      const { listTargets } = await import('../../lib/run-store/targets.js');
      return listTargets(await filesOf(await kit.connection(aws)));
    },
    async show(name, { aws } = {}) {
      const { readTarget } = await import('../../lib/run-store/targets.js');
      return readTarget(parseTargetName(name), kit.name, await filesOf(await kit.connection(aws)));
    },
    async promote(reference, wantedAlias, { aws } = {}) {
      const wanted = parseTargetReference(reference);
      const alias = parseTargetAlias(wantedAlias);
      const files = await filesOf(await kit.connection(aws));
      const { changeTarget, readTarget } = await import('../../lib/run-store/targets.js');
      await readTarget(wanted.name, kit.name, files);
      return changeTarget(
        wanted.name,
        (target) => withAlias(target, alias, findVersion(target, wanted).version),
        files,
      );
    },
    async remove(reference, { aws } = {}) {
      const { removeFromTarget } = await import('./remove-versions.js');
      return removeFromTarget(reference, await kit.connection(aws));
    },
    async again<Value>(runId: string, { aws }: Pick<StartTargetOptions, 'aws'> = {}) {
      const { targetAgain } = await import('./target-run.js');
      return targetAgain<Value>(runId, await kit.connection(aws));
    },
    async attach<Value>(runId: string, { aws }: Pick<StartTargetOptions, 'aws'> = {}) {
      const { attachTargetRun } = await import('./target-run.js');
      return attachTargetRun<Value>(runId, await kit.connection(aws));
    },
  };
}

/** Returns a target as a function. Nothing is looked up before it is called. */
function targetOfKit<Args extends unknown[], Value>(
  reference: string,
  options: StartTargetOptions,
  kit: KitAccess,
): Target<Args, Value> {
  const submit = async (...args: Args) => {
    const { startTarget } = await import('./target-run.js');
    return startTarget<Value>(reference, args, options, await kit.connection(options.aws));
  };
  const call = async (...args: Args): Promise<Value> =>
    (await submit(...args)).result({ signal: options.signal });
  const withOptions = (nearer: StartTargetOptions) =>
    targetOfKit<Args, Value>(reference, { ...options, ...nearer }, kit);
  return Object.assign(call, { submit, with: withOptions });
}

/** Returns the members of a kit about published targets. */
export function publishedTargets(kit: KitAccess): Pick<Seedkit, 'publish' | 'target' | 'targets'> {
  return {
    async publish(target, what, options = {}) {
      const { publishTarget } = await import('./plan-publication.js');
      return publishTarget(target, what, options, kit);
    },
    target: (reference, options = {}) => targetOfKit(reference, options, kit),
    targets: openTargets(kit),
  };
}
