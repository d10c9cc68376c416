import type { ProjectSource, StartBuildCommandInput } from '@aws-sdk/client-codebuild';

import {
  type BundleReference,
  INPUT_SOURCE_IDENTIFIER,
  LAYERS_PLACED_FILE,
  layerSourceIdentifier,
  PLACE_LAYERS_FILE,
} from '../../lib/contract/index.js';
import { shellQuoted } from './shell-quoted.js';

/** Folder of a run's input in a build that has a bundle. */
export const INPUT_FOLDER = `$CODEBUILD_SRC_DIR_${INPUT_SOURCE_IDENTIFIER}`;

/** Returns the folder of a run's input. In a build without a bundle, the input is the primary source. */
export function inputFolder(bundle: BundleReference | undefined): string {
  return bundle === undefined ? '$CODEBUILD_SRC_DIR' : INPUT_FOLDER;
}

/**
 * Returns the sources of a build with a bundle. The first layer is the primary source.
 * @param layerKeys keys of the layers in their order
 * @param input location of the run's input; undefined when the build does not read it
 */
export function bundleSources(
  layerKeys: readonly string[],
  bucket: string,
  input: string | undefined,
): Partial<StartBuildCommandInput> {
  const [first, ...others] = layerKeys.map((key) => `${bucket}/${key}`);
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

/** Returns the command of a build that checks the layers and moves them to their folders. */
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
