/** Identifier of the secondary source that is a run's input: CodeBuild puts it at `CODEBUILD_SRC_DIR_<identifier>`. */
export const INPUT_SOURCE_IDENTIFIER = 'codeseeder_input';

/**
 * Identifier of the secondary source that a bundle's layer is; undefined for the first, which is the primary source.
 * @param number of the layer in the bundle, counted from 0
 */
export function layerSourceIdentifier(number: number): string | undefined {
  return number === 0 ? undefined : `codeseeder_layer_${number}`;
}

/** The program that checks a bundle's layers in a build ends with this and the number of a layer that is not as packed. */
export const REFUSED_LAYER_STATUS = 64;

/** File beside that program that exists once all layers are in place. */
export const LAYERS_PLACED_FILE = 'layers-placed';
