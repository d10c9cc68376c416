import { BUNDLE_OWN_FOLDER } from './bundle-paths.js';

/**
 * A layer's manifest: one line of text per file, link and folder, sorted by path. Its SHA-256 is the layer's digest,
 * which therefore depends on paths, modes and content alone, not on how a zip is compressed. A shell can read it:
 * the fields of a line are separated by tabs, and no name has a control character or a backslash.
 *
 * - `f`, mode in octal, SHA-256 of the content, path
 * - `l`, target of the link, path
 * - `d`, mode in octal, path: a folder that is empty, or whose mode is not 755
 */
export type LayerManifestLine =
  | { readonly kind: 'file'; readonly path: string; readonly mode: number; readonly sha256: string }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  | { readonly kind: 'folder'; readonly path: string; readonly mode: number };

/** First line of every layer manifest. */
export const LAYER_MANIFEST_HEADER = 'codeseeder layer 1';

/** Folder of the bundle that has the manifest of each layer, under the layer's digest. */
export const LAYER_MANIFESTS_FOLDER = `${BUNDLE_OWN_FOLDER}/layers`;

/** Path inside the bundle of a layer's manifest. The manifest does not list itself. */
export function layerManifestPath(digest: string): string {
  return `${LAYER_MANIFESTS_FOLDER}/${digest}`;
}

/** Returns the text of a manifest, which ends with a newline. */
export function renderLayerManifest(lines: readonly LayerManifestLine[]): string {
  const sorted = [...lines].sort((a, b) => (a.path < b.path ? -1 : 1));
  return [LAYER_MANIFEST_HEADER, ...sorted.map(renderLine), ''].join('\n');
}

function renderLine(line: LayerManifestLine): string {
  switch (line.kind) {
    case 'file':
      return `f\t${line.mode.toString(8)}\t${line.sha256}\t${line.path}`;
    case 'link':
      return `l\t${line.target}\t${line.path}`;
    case 'folder':
      return `d\t${line.mode.toString(8)}\t${line.path}`;
  }
}
