/** Source identifier of a run's input. CodeBuild sets its folder as `CODEBUILD_SRC_DIR_<identifier>`. */
export const INPUT_SOURCE_IDENTIFIER = 'codeseeder_input';

/**
 * Returns the source identifier of a bundle's layer; undefined for the first layer, which is the build's primary
 * source.
 * @param number index of the layer in the bundle, from 0
 */
export function layerSourceIdentifier(number: number): string | undefined {
  return number === 0 ? undefined : `codeseeder_layer_${number}`;
}

/**
 * Exit status of {@link PLACE_LAYERS_FILE} if a file of layer 0 differs from the layer's manifest. For layer N, N is
 * added to it.
 */
export const REFUSED_LAYER_STATUS = 64;

/**
 * Exit status of the command that checks a run's input when a file differs from the one that `prepare-run` read or
 * stored.
 */
export const CHANGED_INPUT_STATUS = 62;

/** File that the command that checks a run's input creates beside the input, when all files are checked. */
export const INPUT_CHECKED_FILE = 'input-checked';

/** File that {@link PLACE_LAYERS_FILE} creates in its own folder when all layers are in place. */
export const LAYERS_PLACED_FILE = 'layers-placed';
