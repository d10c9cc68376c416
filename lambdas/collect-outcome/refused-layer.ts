import type { Build } from '@aws-sdk/client-codebuild';
import { DeleteObjectCommand } from '@aws-sdk/client-s3';

import {
  isContentOf,
  keysOfLayer,
  type LayerReference,
  layerSourceIdentifier,
  PLACE_LAYERS_FILE,
  REFUSED_LAYER_STATUS,
  type RunFailure,
  type RunRecord,
} from '../../lib/contract/index.js';
import { findObject, type S3Bucket } from '../../lib/s3-objects.js';
import { contextOf, exitStatusOf, failedPhase } from './build-phases.js';

/**
 * Matches messages of CodeBuild about an object that it could not read for another reason than its content, such as
 * missing rights.
 */
const OTHER_FAULT = /access ?denied|forbidden|not authorized|kms|throttl|slow ?down|time(d )?out|no space/i;

/**
 * Finds the layer that made a build fail because it differs from the packed layer: its zip cannot be unpacked, or has
 * other files. Reads the messages of the phases, because a build uploads no artifacts after a failed INSTALL.
 */
export function refusedLayer(build: Build, record: RunRecord | undefined): LayerReference | undefined {
  const layers = record?.bundle?.layers ?? [];
  const phase = failedPhase(build);
  const context = contextOf(phase);
  if (phase?.phaseType === 'DOWNLOAD_SOURCE' && !OTHER_FAULT.test(context)) {
    return layers.find(({ digest }, number) => digest !== undefined && namesSource(context, number));
  }
  if (phase?.phaseType === 'INSTALL' && context.includes(PLACE_LAYERS_FILE)) {
    const layer = layers[exitStatusOf(phase) - REFUSED_LAYER_STATUS];
    // A prebuilt zip is not checked, so only a command of the request can have claimed that it differs.
    return layer?.digest === undefined ? undefined : layer;
  }
  return undefined;
}

function namesSource(context: string, number: number): boolean {
  const source = layerSourceIdentifier(number) ?? 'primary source';
  return new RegExp(`\\b${source}\\b`).test(context);
}

/** Returns the key of the object from which a build read a layer: the layer's own key, or the key of a copy. */
function keyInBuild(
  { key }: LayerReference,
  { source, secondarySources = [] }: Build,
  bucket: string,
): string {
  const locations = [source, ...secondarySources].map((read) => read?.location);
  return keysOfLayer(key).find((each) => locations.includes(`${bucket}/${each}`)) ?? key;
}

/**
 * Deletes a layer, so that clients can upload it again. Keeps an object that was replaced in the meantime.
 * @returns the failure of the run
 */
export async function removeRefusedLayer(
  layer: LayerReference,
  build: Build,
  { s3, bucket }: S3Bucket,
): Promise<RunFailure> {
  const key = keyInBuild(layer, build, bucket);
  const found = await findObject(key, { s3, bucket });
  let problem = 'did not exist when the build read it';
  if (found !== undefined) {
    const isRead = isContentOf(layer, found);
    if (isRead) await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    const since = isRead ? 'deleted' : 'replaced in the meantime';
    problem = `differed from the packed one and was ${since}; check which principals can write to bundles/`;
  }
  const phase = failedPhase(build);
  return {
    code: 'BundleMissing',
    message: `The layer s3://${bucket}/${key} ${problem}. Submit again: the client uploads a layer that is missing. ${contextOf(phase)}`,
    phase: phase?.phaseType,
  };
}
