import type { Build } from '@aws-sdk/client-codebuild';
import {
  DeleteObjectCommand,
  HeadObjectCommand,
  S3ServiceException,
  type S3Client,
} from '@aws-sdk/client-s3';

import {
  type LayerReference,
  layerSourceIdentifier,
  PLACE_LAYERS_FILE,
  REFUSED_LAYER_STATUS,
  type RunFailure,
  type RunRecord,
} from '../../lib/contract/index.js';
import { contextOf, failedPhase } from './build-phases.js';

/** How CodeBuild ends its message about a command that failed. */
const EXIT_STATUS = /exit status (\d+)/;

/** What keeps CodeBuild from reading an object that is as it should be. */
const OTHER_FAULT = /access ?denied|forbidden|not authorized|kms|throttl|slow ?down|time(d )?out|no space/i;

/**
 * Finds the layer that made a build fail because it is not what was packed: its zip cannot be unpacked, or has other
 * files. After a failed INSTALL nothing comes back from a build but the messages of its phases.
 */
export function refusedLayer(build: Build, record: RunRecord | undefined): LayerReference | undefined {
  const layers = record?.bundle?.layers ?? [];
  const phase = failedPhase(build);
  const context = contextOf(phase);
  if (phase?.phaseType === 'DOWNLOAD_SOURCE' && !OTHER_FAULT.test(context)) {
    return layers.find(({ digest }, number) => digest !== undefined && namesSource(context, number));
  }
  if (phase?.phaseType === 'INSTALL' && context.includes(PLACE_LAYERS_FILE)) {
    const status = Number(EXIT_STATUS.exec(context)?.[1] ?? Number.NaN);
    return layers[status - REFUSED_LAYER_STATUS];
  }
  return undefined;
}

function namesSource(context: string, number: number): boolean {
  const source = layerSourceIdentifier(number) ?? 'primary source';
  return new RegExp(`\\b${source}\\b`).test(context);
}

/**
 * Deletes a layer so that a client can upload it again, unless another object has taken its place since.
 * @returns why the run failed
 */
export async function removeRefusedLayer(
  layer: LayerReference,
  build: Build,
  { s3, bucket }: { readonly s3: S3Client; readonly bucket: string },
): Promise<RunFailure> {
  const object = { Bucket: bucket, Key: layer.key };
  const checksum = await checksumOf(s3, object);
  if (checksum === layer.checksumSha256) await s3.send(new DeleteObjectCommand(object));
  const problem =
    checksum === undefined
      ? 'was gone when the build read it'
      : 'was not what was packed, and was deleted; find out who writes to bundles/';
  const phase = failedPhase(build);
  return {
    code: 'BundleMissing',
    message: `The layer s3://${bucket}/${layer.key} ${problem}. Submit again: the client uploads a layer that is missing. ${contextOf(phase)}`,
    ...(phase?.phaseType !== undefined && { phase: phase.phaseType }),
  };
}

async function checksumOf(
  s3: S3Client,
  object: { Bucket: string; Key: string },
): Promise<string | undefined> {
  try {
    const command = new HeadObjectCommand({ ...object, ChecksumMode: 'ENABLED' });
    return (await s3.send(command)).ChecksumSHA256;
  } catch (error) {
    if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404) return undefined;
    throw error;
  }
}
