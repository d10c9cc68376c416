/**
 * What `codeseeder` is inside a bundle: a remote function is the function itself. Carries no SDK, so that the
 * user's bundle stays small.
 */
import { CodeseederError } from '../../lib/contract/codeseeder-error.js';
import { currentRunState } from '../../lib/contract/run-state.js';
import type { Seedkit } from '../seedkit-types.js';

export { CodeseederError };
export type * from '../seedkit-types.js';

/** Whether this code runs inside a build. */
export const isRemote: boolean = true;

/** The kit as code inside a build sees it: its remote functions run where they are called. */
export function seedkit(name: string): Seedkit {
  const refuse = (call: string) => (): never => {
    throw new CodeseederError(
      'NotInBuild',
      `${call} works on your side only, not inside a build. Guard it with \`if (!isRemote)\`.`,
    );
  };
  return {
    name,
    remoteFunction(_origin, fn) {
      const local = async (...args: Parameters<typeof fn>) => {
        refuseWhileImporting(fn.name);
        return await fn(...args);
      };
      const remote = Object.assign(local, { submit: refuse('submit()'), with: () => remote });
      return remote;
    },
    commands: refuse('commands()'),
    submitCommands: refuse('submitCommands()'),
    submitFunction: refuse('submitFunction()'),
    attach: refuse('attach()'),
    runs: { list: refuse('runs.list()'), get: refuse('runs.get()') },
  };
}

function refuseWhileImporting(functionName: string): void {
  if (currentRunState()?.phase !== 'importing') return;
  throw new CodeseederError(
    'RemoteCallDuringImport',
    `The remote function ${functionName || '(anonymous)'} is called while its module is being imported, which would start a run in every run. Move the call into a function or another module, or guard it with \`if (!isRemote)\`.`,
  );
}
