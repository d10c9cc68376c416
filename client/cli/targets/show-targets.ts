import type { TargetState } from '../../../lib/contract/index.js';
import { UsageError } from '../exit-code.js';
import { type ListFlags, printList } from '../list-output.js';
import { formatList } from '../list-table.js';
import { openSeedkit } from '../open-seedkit.js';
import { follow } from '../run/follow-run.js';
import { knownCommands } from '../run/known-commands.js';
import type { OutputFlags } from '../run/output-flags.js';
import type { SeedkitOption } from '../seedkit-option.js';
import { unlessAborted } from '../signals.js';
import { shortTime } from '../short-time.js';
import { formatTable, layoutOf } from '../table.js';
import { printLine, printResult, type Terminal } from '../terminal.js';

/** Flags of `codeseeder targets`. */
export interface TargetsFlags extends SeedkitOption {
  readonly json?: boolean | undefined;
}

/** Flags of `codeseeder targets remove`. */
export interface RemoveFlags extends TargetsFlags {
  readonly all?: boolean | undefined;
}

/** Prints the targets, each with its newest version. */
export async function listTargets(flags: SeedkitOption & ListFlags, terminal: Terminal): Promise<void> {
  const targets = await openSeedkit(flags).targets.list();
  printList<'targets list'>(terminal, flags, targets, {
    nameOf: ({ name }) => name,
    lines: () =>
      formatList(
        ['TARGET', 'NEWEST', 'ALIASES', 'RUNS'],
        targets.map(({ name, versions, aliases }) => [
          name,
          String(versions.at(-1)?.version ?? ''),
          describeAliases(aliases),
          versions.at(-1)?.runs ?? '',
        ]),
        terminal,
        "No targets. To publish one: codeseeder publish NAME 'FILE#FUNCTION'",
      ),
  });
}

/** Prints the versions of a target, the newest first. */
export async function showTarget(name: string, flags: TargetsFlags, terminal: Terminal): Promise<void> {
  printTarget(await openSeedkit(flags).targets.show(name), flags, terminal);
}

/** Points an alias to a version. */
export async function promoteTarget(
  reference: string,
  alias: string,
  flags: TargetsFlags,
  terminal: Terminal,
): Promise<void> {
  printTarget(await openSeedkit(flags).targets.promote(reference, alias), flags, terminal);
}

/** Removes a version, an alias or a whole target. @throws UsageError for a whole target without `--all` */
export async function removeTarget(reference: string, flags: RemoveFlags, terminal: Terminal): Promise<void> {
  const isWhole = !reference.includes('@');
  if (isWhole && flags.all !== true) {
    throw new UsageError(
      `${reference} names all versions of the target. Add --all to remove them, or name one: ${reference}@1`,
    );
  }
  if (!isWhole && flags.all === true) {
    throw new UsageError(`--all removes a whole target, but ${reference} names a version or an alias.`);
  }
  const { targets } = openSeedkit(flags);
  const before = isWhole ? await targets.show(reference) : undefined;
  const left = await targets.remove(reference);
  if (left.versions.length > 0) return printTarget(left, flags, terminal);
  printLine(terminal.stderr, describeRemoval(reference, left.name, before?.versions.length));
  printResult<'targets remove'>(terminal, flags.json === true, left, () => []);
}

/** Says that a target has no versions any more. @param count versions that a removed target had */
function describeRemoval(reference: string, name: string, count: number | undefined): string {
  if (count === undefined) return `Removed ${reference}, the last version of the target ${name}.`;
  return `Removed the target ${name} with ${count} ${count === 1 ? 'version' : 'versions'}.`;
}

/** Waits for the end of a run of a target. @returns the exit code */
export async function waitForTargetRun(
  runId: string,
  flags: TargetsFlags & OutputFlags,
  terminal: Terminal,
): Promise<number> {
  const run = await openSeedkit(flags).targets.attach(runId);
  const commands = await unlessAborted(knownCommands(run, flags), terminal.interrupted);
  return follow(run, { ...flags, known: { commands } }, terminal);
}

function printTarget(target: TargetState, { json }: TargetsFlags, terminal: Terminal): void {
  const isShort = terminal.stdout.isTTY === true;
  const nowMs = Date.now();
  printResult<'targets show'>(terminal, json === true, target, () =>
    formatTable(
      ['VERSION', 'ALIASES', isShort ? 'AGE' : 'PUBLISHED', 'RUNS'],
      target.versions
        .toReversed()
        .map(({ version, publishedAt, runs }) => [
          String(version),
          namesOf(version, target.aliases),
          isShort ? shortTime(nowMs - Date.parse(publishedAt)) : publishedAt,
          runs,
        ]),
      layoutOf(terminal),
    ),
  );
}

function namesOf(version: number, aliases: TargetState['aliases']): string {
  return Object.entries(aliases)
    .flatMap(([alias, number]) => (number === version ? [alias] : []))
    .join(', ');
}

function describeAliases(aliases: TargetState['aliases']): string {
  return Object.entries(aliases)
    .map(([alias, version]) => `${alias}=${version}`)
    .join(', ');
}
