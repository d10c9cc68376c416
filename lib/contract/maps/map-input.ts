import { createHmac, timingSafeEqual } from 'node:crypto';

import { z } from 'zod';

import { CodeseederError } from '../codeseeder-error.js';
import { parseWith } from '../parse.js';
import { sha256Schema } from '../content-digest.js';
import { inputIndexSchema } from '../map-id.js';

/** Environment variable with the input of a run of commands: a text as it is, other values as JSON. */
export const MAP_INPUT_VARIABLE = 'CODESEEDER_INPUT';

/**
 * A line of a file of inputs. `args` is a JSON text, so that Step Functions, which parses the line, does not change its
 * numbers. `seal` is an HMAC that binds the line to the map. Its key is in the input of the map's execution.
 */
export const mapInputSchema = z.strictObject({
  index: inputIndexSchema,
  args: z.string(),
  seal: sha256Schema,
});
export type MapInput = z.infer<typeof mapInputSchema>;

/** Parses a line of a file of inputs that Step Functions has read. @throws CodeseederError `InvalidRequest` */
export function parseMapInput(value: unknown): MapInput {
  return parseWith(mapInputSchema, value, 'input of a map');
}

/** The map that a seal binds an input to, and the key of the seal. */
export interface Sealing {
  readonly mapId: string;
  /** 64 hexadecimal digits. */
  readonly sealKey: string;
}

/** Returns an input with its seal: an HMAC with SHA-256 over the map's id, the index and the arguments. */
export function sealInput(index: number, args: string, sealing: Sealing): MapInput {
  return { index, args, seal: sealOf(index, args, sealing) };
}

/** Checks the seal of an input. @throws CodeseederError `InputChanged` */
export function checkSeal({ index, args, seal }: MapInput, sealing: Sealing): void {
  const expected = Buffer.from(sealOf(index, args, sealing));
  const found = Buffer.from(seal);
  if (expected.byteLength === found.byteLength && timingSafeEqual(expected, found)) return;
  throw new CodeseederError(
    'InputChanged',
    `The input ${index} of the map ${sealing.mapId} is not the one that the map was started with. The file of inputs was replaced: check which principals can write to it, and start another map.`,
  );
}

function sealOf(index: number, args: string, { mapId, sealKey }: Sealing): string {
  return createHmac('sha256', Buffer.from(sealKey, 'hex'))
    .update(`${mapId}\n${index}\n${args}`)
    .digest('hex');
}
