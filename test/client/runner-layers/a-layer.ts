import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import {
  layerManifestPath,
  renderLayerManifest,
  type LayerManifestLine,
} from '../../../lib/contract/index.js';

/** What a layer is made of: a file's content and mode, a link's target, or a folder's mode. */
export type Part =
  | { readonly content: string; readonly mode?: number }
  | { readonly target: string }
  | { readonly folderMode: number };

/** A layer as a build has it before anything was placed: regular files and the manifest, modes lost. */
export interface UnzippedLayer {
  readonly folder: string;
  readonly digest: string;
  at(file: string): string;
}

/** Folders for the sources of one build. */
export interface BuildFolders {
  readonly root: string;
  /** Unzips a layer's parts, by their paths. */
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
