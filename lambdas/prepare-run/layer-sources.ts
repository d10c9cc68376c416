import type { ProjectSource, StartBuildCommandInput } from '@aws-sdk/client-codebuild';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

import {
  type BundleReference,
  INPUT_SOURCE_IDENTIFIER,
  LAYERS_PLACED_FILE,
  layerSourceIdentifier,
  PLACE_LAYERS_FILE,
  placeLayersKey,
} from '../../lib/contract/index.js';
import { shellQuoted } from './shell-quoted.js';

/** Folder of a run's input in a build that has a bundle. */
export const INPUT_FOLDER = `$CODEBUILD_SRC_DIR_${INPUT_SOURCE_IDENTIFIER}`;

/**
 * A bundle as the sources of a build: its first layer is the primary one.
 * @param input location of the run's input, where the build reads it
 */
export function bundleSources(
  { layers }: BundleReference,
  bucket: string,
  input: string | undefined,
): Partial<StartBuildCommandInput> {
  const [first, ...others] = layers.map(({ key }) => `${bucket}/${key}`);
  const secondary: ProjectSource[] = others.map((location, index) => ({
    type: 'S3',
    location,
    sourceIdentifier: layerSourceIdentifier(index + 1),
  }));
  if (input !== undefined) {
    secondary.push({ type: 'S3', location: input, sourceIdentifier: INPUT_SOURCE_IDENTIFIER });
  }
  return {
    sourceTypeOverride: 'S3',
    sourceLocationOverride: first,
    ...(secondary.length > 0 && { secondarySourcesOverride: secondary }),
  };
}

/** Whether a build has layers to check or to move. One prebuilt zip is in place as soon as it is unpacked. */
export function hasLayersToPlace(bundle: BundleReference | undefined): bundle is BundleReference {
  return bundle?.layers.some(({ digest }, number) => number > 0 || digest !== undefined) === true;
}

/** Puts the program that places layers beside a run's invocation. The same put twice is the same. */
export async function putPlaceLayers(
  runId: string,
  {
    s3,
    bucket,
    placeLayersProgram,
  }: { s3: S3Client; bucket: string; placeLayersProgram: () => Promise<Uint8Array> },
): Promise<void> {
  const Body = await placeLayersProgram();
  const Key = placeLayersKey(runId);
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ContentType: 'text/x-shellscript' }));
}

/** The first command of a build: checks the layers and moves them into place. */
export function placeLayersCommands(bundle: BundleReference | undefined): string[] {
  if (!hasLayersToPlace(bundle)) return [];
  const layers = bundle.layers.map(({ digest = '-' }, number) => {
    const identifier = layerSourceIdentifier(number);
    const folder = identifier === undefined ? '' : `_${identifier}`;
    return `"$CODEBUILD_SRC_DIR${folder}" ${digest}`;
  });
  return [`bash "${INPUT_FOLDER}/${PLACE_LAYERS_FILE}" ${layers.join(' ')}`];
}

/**
 * What every phase asks first: where the first phase failed and the build goes on all the same, nothing of a bundle is
 * run that is not what was packed.
 */
export function layersPlacedCheck(bundle: BundleReference | undefined): string[] {
  if (!hasLayersToPlace(bundle)) return [];
  const message = shellQuoted('codeseeder: the layers of the bundle are not in place');
  return [`{ [ -e "${INPUT_FOLDER}/${LAYERS_PLACED_FILE}" ] || { echo ${message} >&2; false; }; }`];
}
