import path from 'node:path';

import { BUNDLE_PATHS } from '../../../lib/contract/index.js';
import type { RequirementsFile } from './requirements-file.js';
import { quotedWord } from './split-words.js';
import type { RequirementsMirror } from './requirements-mirror.js';
import type { RequirementsTree } from './requirements-tree.js';

/** Options for package indexes. They apply to all steps. */
const INDEX_OPTIONS = ['index-url', 'extra-index-url', 'no-index', 'find-links', 'trusted-host'];

/** A requirements file that packing creates. */
export interface MadeFile {
  /** Path in the bundle. */
  readonly path: string;
  readonly text: string;
}

/**
 * Returns the requirements files that the build installs one after the other. Each file with hashes is a separate step,
 * because pip requires hashes of all packages of a step. These steps come first, so that a pinned package is not
 * installed unchecked by another step. All other files are one step, so that pip finds versions that fit together.
 *
 * Constraints and index options apply to every step. Hashes of constraints apply to their own step only.
 */
export function installSteps(tree: RequirementsTree, mirror: RequirementsMirror): MadeFile[] {
  const hashed = tree.roots.filter((root) => hasHashes(root, tree));
  const others = tree.roots.filter((root) => !hashed.includes(root));
  const steps = [...hashed.map((root) => [root]), ...(others.length === 0 ? [] : [others])];
  const lines = tree.roots.flatMap((root) => tree.linesBelow(root));
  const options = lines
    .flatMap(({ read }) => read.options)
    .filter(({ name }) => INDEX_OPTIONS.includes(name))
    .map((option) => mirror.option(option, undefined));
  const constraints = lines
    .filter(({ isConstraint }) => isConstraint)
    .map(({ read }) => mirror.text(read.requirement, undefined));
  const remote = lines
    .flatMap(({ read }) => read.options)
    .filter(({ name, include }) => name === 'constraint' && include === undefined)
    .map((option) => mirror.option(option, undefined));
  return [
    ...steps.map((roots, index) => ({
      path: `${BUNDLE_PATHS.pythonSteps}/${String(index + 1).padStart(3, '0')}.txt`,
      text: [
        nameFile('-r', BUNDLE_PATHS.pythonCommonOptions, BUNDLE_PATHS.pythonSteps),
        ...roots.map((root) => nameFile('-r', mirror.placeOf(root.path), BUNDLE_PATHS.pythonSteps)),
        '',
      ].join('\n'),
    })),
    madeOf(BUNDLE_PATHS.pythonCommonOptions, [
      ...options,
      nameFile('-c', BUNDLE_PATHS.pythonConstraints, path.posix.dirname(BUNDLE_PATHS.pythonCommonOptions)),
    ]),
    madeOf(BUNDLE_PATHS.pythonConstraints, [...constraints, ...remote]),
  ];
}

function hasHashes(root: RequirementsFile, tree: RequirementsTree): boolean {
  return tree.linesBelow(root).some(({ read }) => read.hasHashes);
}

function madeOf(place: string, lines: readonly string[]): MadeFile {
  return { path: place, text: [...new Set(lines)].filter(Boolean).concat('').join('\n') };
}

function nameFile(option: '-r' | '-c', file: string, from: string): string {
  return `${option} ${quotedWord(path.posix.relative(from, file))}`;
}
