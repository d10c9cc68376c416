import { z } from 'zod';

import { CodeseederError } from '../codeseeder-error.js';
import { parseWith } from '../parse.js';
import { targetNameSchema } from '../published-run.js';

/** An alias of a version. It starts with a letter, so that it cannot be taken for a version. */
export const targetAliasSchema = z
  .string()
  .regex(
    /^[a-z](-?[a-z0-9]){0,62}$/,
    'an alias has 1 to 63 lower-case letters, digits and single hyphens, and starts with a letter',
  );

/** Parses the name of a target. @throws CodeseederError `InvalidRequest` */
export function parseTargetName(value: unknown): string {
  return parseWith(targetNameSchema, value, `target name ${JSON.stringify(value)}`);
}

/** Parses an alias. @throws CodeseederError `InvalidRequest` */
export function parseTargetAlias(value: unknown): string {
  return parseWith(targetAliasSchema, value, `alias ${JSON.stringify(value)}`);
}

/** A target with one of its versions, as people write it. */
export interface TargetReference {
  readonly name: string;
  /** Number of a version, or an alias. Without either, the newest version is meant. */
  readonly version?: number | undefined;
  readonly alias?: string | undefined;
}

/** Parses `NAME`, `NAME@VERSION` or `NAME@ALIAS`. @throws CodeseederError `InvalidRequest` */
export function parseTargetReference(text: unknown): TargetReference {
  if (typeof text !== 'string' || text === '') {
    throw new CodeseederError(
      'InvalidRequest',
      `The target ${JSON.stringify(text)} is not valid: write NAME, NAME@VERSION or NAME@ALIAS, such as nightly-deploy@prod`,
    );
  }
  const at = text.indexOf('@');
  const name = parseTargetName(at < 0 ? text : text.slice(0, at));
  if (at < 0) return { name };
  const chosen = text.slice(at + 1);
  if (/^[1-9]\d{0,8}$/.test(chosen)) return { name, version: Number(chosen) };
  return { name, alias: parseTargetAlias(chosen) };
}

/** Returns the text of a reference. */
export function describeReference({ name, version, alias }: TargetReference): string {
  const chosen = version ?? alias;
  return chosen === undefined ? name : `${name}@${chosen}`;
}
