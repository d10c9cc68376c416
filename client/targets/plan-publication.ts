import { definedOnly, parsePythonTarget } from '../../lib/contract/index.js';
import { CodeseederError } from '../../lib/contract/index.js';
import type { KitAccess } from '../kit-access.js';
import { planMarked } from '../remote-function.js';
import { type MarkedFunction, remoteMarkOf } from '../remote-mark.js';
import { planRun } from '../submit/plan-run.js';
import { refuseMissingFunction } from '../submit/refuse-missing-function.js';
import type { Submission } from '../submit/submit-run.js';
import type { Connection } from '../connection/connection.js';
import type { Publishable, PublishedVersion, PublishOptions } from '../target-types.js';

type Planned = Submission & { readonly connection: Connection };

/** Publishes a version of a target. */
export async function publishTarget(
  name: string,
  what: Publishable,
  { alias, ...call }: PublishOptions,
  kit: KitAccess,
): Promise<PublishedVersion> {
  const { connection, ...submission } = await planned(what, call, kit);
  const { publishVersion } = await import('./publish.js');
  return publishVersion({ name, alias, submission }, connection);
}

async function planned(
  what: Publishable,
  call: Omit<PublishOptions, 'alias'>,
  kit: KitAccess,
): Promise<Planned> {
  if (typeof what === 'function') {
    const mark = remoteMarkOf(what);
    if (mark === undefined) throw notPublishable('the function is not marked by kit.remoteFunction');
    if (mark.kit.name !== kit.name) {
      throw notPublishable(`the function is of the seedkit ${mark.kit.name}, not of ${kit.name}`);
    }
    const { runId: _, retryOf: __, ...ofFunction } = mark.call;
    return planMarked(mark.marked, [], [ofFunction, call], kit);
  }
  if ('file' in what) {
    const { file, exportName, minify } = what;
    const marked: MarkedFunction = {
      origin: file,
      functionName: exportName,
      options: { exportName, minify },
    };
    return planMarked(marked, [], [call], kit);
  }
  const { options, contents, connection } = await planRun(kit, call);
  if ('commands' in what) {
    const invocation = { kind: 'commands' as const, target: [...what.commands] };
    return { options, contents, connection, invocation: () => invocation };
  }
  const target = parsePythonTarget(what.python);
  const { localModules = {}, requirementsFiles = {}, build } = options;
  const python = definedOnly({ localModules, requirementsFiles, installer: build?.pythonInstaller });
  await refuseMissingFunction(target, options);
  return {
    options,
    contents: { ...contents, python },
    connection,
    invocation: () => ({ kind: 'python', target, args: [], kwargs: {} }),
  };
}

function notPublishable(problem: string): CodeseederError {
  return new CodeseederError(
    'InvalidRequest',
    `Nothing was published: ${problem}. Pass a function of this seedkit, { file, exportName }, { python } or { commands }.`,
  );
}
