import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { CodeseederError } from '../../../lib/contract/index.js';
import { readLocalOption } from './local-option.js';
import { localReferenceOf, UnusableReference } from './local-reference.js';
import { nameReference, type PackingPlace } from './named.js';
import type { Part, ReadOption } from './read-option.js';
import { parseRequirementsLine } from './requirements-line.js';
import {
  decodeRequirements,
  logicalLines,
  type LogicalLine,
  type RequirementsText,
} from './requirements-text.js';

export interface ReadLine {
  readonly line: LogicalLine;
  /** Empty if the line has only options. */
  readonly requirement: readonly Part[];
  readonly options: readonly ReadOption[];
  readonly optionsText: string;
  /** Whether the line makes pip check hashes. */
  readonly hasHashes: boolean;
  /** Whether the line is different in the bundle. */
  readonly isChanged: boolean;
}

/** A requirements file or constraints file of pip, read while packing. */
export interface RequirementsFile {
  /** Absolute path on this machine; its folder is a real path. */
  readonly path: string;
  readonly text: RequirementsText;
  readonly lines: readonly ReadLine[];
}

/** Reads a requirements file or constraints file. @throws CodeseederError `PackFailed` naming file and line */
export async function readRequirementsFile(file: string, place: PackingPlace): Promise<RequirementsFile> {
  const text = decodeRequirements(await readFile(file));
  const lines: ReadLine[] = [];
  for (const line of logicalLines(text.lines)) {
    try {
      lines.push(await readLine(line, path.dirname(file), place));
    } catch (error) {
      if (!(error instanceof UnusableReference)) throw error;
      throw new CodeseederError('PackFailed', `${file}, line ${line.number}: ${error.message}.`);
    }
  }
  return { path: file, text, lines };
}

async function readLine(line: LogicalLine, beside: string, place: PackingPlace): Promise<ReadLine> {
  const { requirement, options, optionsText } = parseRequirementsLine(line.text);
  const hasHashes = options.some(({ name }) => name === 'hash' || name === 'require-hashes');
  const own = { line, options: [], optionsText, hasHashes };
  if (requirement !== '') {
    const parts = await requirementParts(requirement, false, place);
    return { ...own, requirement: parts, isChanged: parts.length > 1 || parts[0] !== requirement };
  }
  const editable = options.find(({ name }) => name === 'editable')?.value;
  if (editable !== undefined) {
    const parts = await requirementParts(editable, true, place);
    const isChanged = parts.length > 1 || parts[0] !== editable;
    return { ...own, options: [{ name: 'editable', value: editable, parts }], requirement: [], isChanged };
  }
  const read = await Promise.all(options.map((option) => readLocalOption(option, beside, place)));
  const isChanged = read.some(({ parts }) => parts !== undefined);
  return { ...own, requirement: [], options: read, isChanged };
}

async function requirementParts(text: string, isEditable: boolean, place: PackingPlace): Promise<Part[]> {
  const expanded = place.expand(text);
  const reference = await localReferenceOf(expanded, { isEditable, folder: place.folder });
  // Does not expand variables in a URL, because they are often passwords. The build expands them.
  if (reference === undefined) return [text.includes('://') ? text : expanded];
  const { before, form, after } = reference;
  const named = await nameReference(reference, isEditable, place);
  return named === undefined ? [text] : [before, { named, form }, after];
}
