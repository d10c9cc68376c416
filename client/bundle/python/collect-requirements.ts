import type { IgnoreRules } from '../files/folder-filter.js';
import type { LayerEntry } from '../layer/layer.js';
import { joinListings, type Listing } from '../files/list-folder.js';
import { collectNamed, collectOwn } from './collect-named.js';
import { installSteps } from './install-steps.js';
import type { PackingPlace } from './named.js';
import type { ReadLine, RequirementsFile } from './requirements-file.js';
import { mirrorRequirements, type RequirementsMirror } from './requirements-mirror.js';
import { replaceLines } from './requirements-text.js';
import { readRequirementsTree } from './requirements-tree.js';

/**
 * Lists requirements files, the files that they name on this machine, and the steps that install them. Rewrites lines
 * whose paths are different in the build; all other bytes stay unchanged.
 *
 * @throws CodeseederError `PackFailed` naming file and line
 */
export async function collectRequirements(
  requirements: readonly string[],
  place: PackingPlace,
  rules: IgnoreRules,
): Promise<Listing> {
  if (requirements.length === 0) return joinListings([]);
  const tree = await readRequirementsTree(requirements, place);
  const mirror = mirrorRequirements(tree);
  const named = joinListings(
    await Promise.all(mirror.named.map((one) => collectNamed(one, mirror.placeOf(one.path), rules))),
  );
  const files = await Promise.all(tree.files.map((file) => requirementsEntries(file, mirror)));
  const steps = installSteps(tree, mirror).map(({ path, text }) => madeEntry(path, Buffer.from(text)));
  // A project may contain the requirements file that names it. The rewritten file comes last, so it replaces the
  // original.
  const entries = [...named.entries, ...files.flat(), ...steps];
  return {
    entries: [...new Map(entries.map((entry) => [entry.path, entry])).values()],
    leftOut: named.leftOut,
  };
}

async function requirementsEntries(
  file: RequirementsFile,
  mirror: RequirementsMirror,
): Promise<readonly LayerEntry[]> {
  const changed = file.lines.filter(({ isChanged }) => isChanged);
  const path = mirror.placeOf(file.path);
  if (changed.length === 0) return (await collectOwn({}, { [path]: file.path })).entries;
  const replacements = changed.map((line) => ({ line: line.line, text: changedText(line, file, mirror) }));
  return [madeEntry(path, replaceLines(file.text, replacements))];
}

function madeEntry(path: string, content: Uint8Array): LayerEntry {
  return { kind: 'file', path, mode: 0o644, content };
}

function changedText(
  { requirement, options, optionsText }: ReadLine,
  file: RequirementsFile,
  mirror: RequirementsMirror,
): string {
  if (requirement.length === 0) return options.map((option) => mirror.option(option, file)).join(' ');
  return `${mirror.text(requirement, file)} ${optionsText}`.trim();
}
