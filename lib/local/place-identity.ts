import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

import { z } from 'zod';

import { damaged } from './durable/damage.js';
import { LocalAwsError } from './local-aws-error.js';
import { parseJsonWith, parseWith } from './parse.js';

const identitySchema = z.strictObject({
  account: z.string().regex(/^\d{12}$/, 'an account has 12 digits'),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'a region has a name such as us-east-1'),
  credentials: z.strictObject({ accessKeyId: z.string(), secretAccessKey: z.string() }),
});

/** Account, region and credentials of a local AWS. They do not change while its data folder exists. */
export type PlaceIdentity = z.infer<typeof identitySchema>;

/** Content of the file: the identity with a checksum. Files of earlier versions have no checksum. */
const fileSchema = identitySchema.extend({ checksum: z.number().optional() });

export const IDENTITY_FILE = 'identity.json';
const DEFAULTS = { account: '000000000000', region: 'us-east-1' };

/**
 * Returns the identity in a data folder. Creates it at the first start.
 *
 * @throws LocalAwsError `PlaceMismatch` when the data belongs to another account or region, `InvalidRequest`
 */
export async function placeIdentity(
  folder: string,
  wanted: { readonly account?: string | undefined; readonly region?: string | undefined },
): Promise<PlaceIdentity> {
  const known = await readPlaceIdentity(folder);
  if (known === undefined) return createIdentity(folder, wanted);
  for (const member of ['account', 'region'] as const) {
    if (wanted[member] !== undefined && wanted[member] !== known[member]) {
      throw new LocalAwsError(
        'PlaceMismatch',
        `The data in ${folder} belongs to the ${member} ${known[member]}, not ${wanted[member]}. Use another folder or leave the ${member} out.`,
      );
    }
  }
  return known;
}

/**
 * Reads the identity in a data folder.
 * @returns undefined if no local AWS has used the folder
 * @throws LocalAwsError `DataFolderDamaged`
 */
export async function readPlaceIdentity(folder: string): Promise<PlaceIdentity | undefined> {
  const path = join(folder, IDENTITY_FILE);
  try {
    const { checksum, ...identity } = parseJsonWith(fileSchema, await readFile(path, 'utf8'), 'identity');
    if (checksum === undefined || checksum === checksumOf(identity)) return identity;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    if (!(error instanceof LocalAwsError)) throw error;
    // Leaves out the message of a syntax error, which quotes the text and so may contain a part of the secret key.
    throw damaged(folder, path, error.cause instanceof SyntaxError ? 'it is not JSON' : error.message, error);
  }
  throw damaged(folder, path, 'its checksum does not match');
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
  const identity = parseWith(identitySchema, { account, region, credentials }, 'local AWS');
  await writePrivately(join(folder, IDENTITY_FILE), { ...identity, checksum: checksumOf(identity) });
  return identity;
}

function checksumOf({ account, region, credentials }: PlaceIdentity): number {
  const { accessKeyId, secretAccessKey } = credentials;
  return crc32([account, region, accessKeyId, secretAccessKey].join('\n'));
}

/** Writes a JSON file atomically, readable by its owner only. */
export async function writePrivately(path: string, value: object): Promise<void> {
  await writeFile(`${path}.unfinished`, `${JSON.stringify(value, undefined, 2)}\n`, { mode: 0o600 });
  await rename(`${path}.unfinished`, path);
}

function letters(length: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  return Array.from(randomBytes(length), (byte) => alphabet[byte % alphabet.length]).join('');
}

/** Returns the partition of a region. */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
