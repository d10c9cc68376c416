import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { z } from 'zod';

import { CodeseederError, parseJson, parseWith } from '../contract/index.js';

const identitySchema = z.strictObject({
  account: z.string().regex(/^\d{12}$/, 'an account is 12 digits'),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'a region is like us-east-1'),
  credentials: z.strictObject({ accessKeyId: z.string(), secretAccessKey: z.string() }),
});

/** What a place is known by as long as its data lives: it stands in every ARN. */
export type PlaceIdentity = z.infer<typeof identitySchema>;

const FILE = 'identity.json';
const DEFAULTS = { account: '000000000000', region: 'us-east-1' };

/**
 * The place's identity, made at its first start.
 *
 * @throws CodeseederError `PlaceMismatch` when the data belongs to another account or region, `InvalidRequest`
 */
export async function placeIdentity(
  folder: string,
  wanted: { readonly account?: string | undefined; readonly region?: string | undefined },
): Promise<PlaceIdentity> {
  const known = await readPlaceIdentity(folder);
  if (known === undefined) return createIdentity(folder, wanted);
  for (const member of ['account', 'region'] as const) {
    if (wanted[member] !== undefined && wanted[member] !== known[member]) {
      throw new CodeseederError(
        'PlaceMismatch',
        `The data in ${folder} is of the ${member} ${known[member]}, not ${wanted[member]}; name another folder or leave the ${member} out`,
      );
    }
  }
  return known;
}

/** @returns undefined when no place ever started there */
export async function readPlaceIdentity(folder: string): Promise<PlaceIdentity | undefined> {
  const path = join(folder, FILE);
  try {
    return parseWith(identitySchema, parseJson(await readFile(path, 'utf8'), path), path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function createIdentity(
  folder: string,
  {
    account = DEFAULTS.account,
    region = DEFAULTS.region,
  }: { account?: string | undefined; region?: string | undefined },
): Promise<PlaceIdentity> {
  const credentials = {
    accessKeyId: `AKIA${letters(16)}`,
    secretAccessKey: randomBytes(30).toString('base64').replaceAll('+', 'p').replaceAll('/', 's'),
  };
  const identity = parseWith(identitySchema, { account, region, credentials }, 'local place');
  await writePrivately(join(folder, FILE), identity);
  return identity;
}

/** Whole or not at all, and for nobody else's eyes. */
export async function writePrivately(path: string, value: object): Promise<void> {
  await writeFile(`${path}.unfinished`, `${JSON.stringify(value, undefined, 2)}\n`, { mode: 0o600 });
  await rename(`${path}.unfinished`, path);
}

function letters(length: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  return Array.from(randomBytes(length), (byte) => alphabet[byte % alphabet.length]).join('');
}

/** @returns the partition that a region is in */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
