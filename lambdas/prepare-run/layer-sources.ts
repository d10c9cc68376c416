import type { ProjectSource, StartBuildCommandInput } from '@aws-sdk/client-codebuild';
import type { S3Client } from '@aws-sdk/client-s3';

import {
  type BundleReference,
  INPUT_SOURCE_IDENTIFIER,
  LAYERS_PLACED_FILE,
  layerSourceIdentifier,
  PLACE_LAYERS_FILE,
  placeLayersKey,
} from '../../lib/contract/index.js';
import { putProgram } from './put-program.js';
import { shellQuoted } from './shell-quoted.js';

/** Folder of a run's input in a build that has a bundle. */
export const INPUT_FOLDER = `$CODEBUILD_SRC_DIR_${INPUT_SOURCE_IDENTIFIER}`;

/**
 * Returns the sources of a build with a bundle. The first layer is the primary source.
 * @param input location of the run's input; undefined when the build does not read it
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
    secondarySourcesOverride: secondary.length > 0 ? secondary : undefined,
  };
}

/** Returns whether a build has layers to check or move. A single prebuilt zip needs neither. */
export function hasLayersToPlace(bundle: BundleReference | undefined): bundle is BundleReference {
  return bundle?.layers.some(({ digest }, number) => number > 0 || digest !== undefined) === true;
}

/** Stores the program that places layers beside a run's invocation. Repeating the call changes nothing. */
export async function putPlaceLayers(
  runId: string,
  {
    s3,
    bucket,
    placeLayersProgram,
  }: { s3: S3Client; bucket: string; placeLayersProgram: () => Promise<Uint8Array> },
): Promise<void> {
  const content = await placeLayersProgram();
  const key = placeLayersKey(runId);
  await putProgram({ key, content, contentType: 'text/x-shellscript' }, { s3, bucket });
}

/** Returns the first command of a build, which checks the layers and moves them to their folders. */
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
 * Returns the first command of every phase, which fails when the layers were not placed. A build that continues after a
 * failed install phase must not run code of a bundle that differs from the packed one.
 */
export function layersPlacedCheck(bundle: BundleReference | undefined): string[] {
  if (!hasLayersToPlace(bundle)) return [];
  const message = shellQuoted('codeseeder: the layers of the bundle are not in place');
  return [`{ [ -e "${INPUT_FOLDER}/${LAYERS_PLACED_FILE}" ] || { echo ${message} >&2; false; }; }`];
}
