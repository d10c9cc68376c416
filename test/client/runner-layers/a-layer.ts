import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import {
  layerManifestPath,
  renderLayerManifest,
  type LayerManifestLine,
} from '../../../lib/contract/index.js';

/** An entry of a layer: content and mode of a file, target of a link, or mode of a folder. */
export type Part =
  | { readonly content: string; readonly mode?: number }
  | { readonly target: string }
  | { readonly folderMode: number };

/**
 * A layer as CodeBuild unpacks it: regular files and the manifest. Modes, links and empty folders are not restored
 * yet.
 */
export interface UnzippedLayer {
  readonly folder: string;
  readonly digest: string;
  at(file: string): string;
}

/** Temporary folders for the sources of one build. */
export interface BuildFolders {
  readonly root: string;
  /** Unpacks a layer that consists of the given entries by path. */
  unzip(name: string, parts: Readonly<Record<string, Part>>): Promise<UnzippedLayer>;
  remove(): Promise<void>;
}

export async function makeBuildFolders(): Promise<BuildFolders> {
  const root = await mkdtemp(path.join(tmpdir(), "codeseeder layers of 'a' build "));
  return {
    root,
    unzip: (name, parts) => unzip(path.join(root, name), parts),
    async remove() {
      await rm(root, { recursive: true, force: true });
    },
  };
}

async function unzip(folder: string, parts: Readonly<Record<string, Part>>): Promise<UnzippedLayer> {
  const at = (file: string) => path.join(folder, file);
  const manifest = renderLayerManifest(Object.entries(parts).map(([file, part]) => lineOf(file, part)));
  const digest = sha256(manifest);
  const files = Object.entries(parts).flatMap(([file, part]) =>
    'content' in part ? [[file, part.content] as const] : [],
  );
  for (const [file, content] of [...files, [layerManifestPath(digest), manifest] as const]) {
    await mkdir(path.dirname(at(file)), { recursive: true });
    await writeFile(at(file), content);
    await chmod(at(file), 0o644);
  }
  return { folder, digest, at };
}

function lineOf(file: string, part: Part): LayerManifestLine {
  if ('target' in part) return { kind: 'link', path: file, target: part.target };
  if ('folderMode' in part) return { kind: 'folder', path: file, mode: part.folderMode };
  return { kind: 'file', path: file, mode: part.mode ?? 0o644, sha256: sha256(part.content) };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
