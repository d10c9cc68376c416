/**
 * Returns the paths of all files of which a bundle contains code.
 *
 * @param {import('esbuild').Metafile} metafile
 * @returns {string[]}
 */
export function inputsOf({ outputs }) {
  return Object.values(outputs)
    .flatMap((output) => Object.entries(output.inputs))
    .flatMap(([input, { bytesInOutput }]) => (bytesInOutput > 0 ? [input] : []));
}
