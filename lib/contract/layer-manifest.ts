import { BUNDLE_OWN_FOLDER } from './bundle-paths.js';

/**
 * One line of a layer's manifest, which lists files, links and folders sorted by path. The manifest's SHA-256 is the
 * layer's digest, which therefore depends on paths, modes and content, not on compression. A shell script reads it:
 * tabs separate the fields of a line, and no name has a control character or a backslash.
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

/** Folder of the bundle with the manifests of its layers, each named by the layer's digest. */
export const LAYER_MANIFESTS_FOLDER = `${BUNDLE_OWN_FOLDER}/layers`;

/** Returns the path of a layer's manifest inside the bundle. The manifest does not list itself. */
export function layerManifestPath(digest: string): string {
  return `${LAYER_MANIFESTS_FOLDER}/${digest}`;
}

/** Renders a manifest as text that ends with a newline. */
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
