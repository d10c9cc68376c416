import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import type { ProjectArtifacts } from '@aws-sdk/client-codebuild';

import type { Objects } from '../ports.js';
import { matchFiles } from './artifact-files.js';
import type { Buildspec } from './buildspec.js';
import { PhaseFailure } from './phase-failure.js';

export interface ArtifactUpload {
  readonly objects: Objects;
  readonly artifacts: ProjectArtifacts;
  /** UUID of the build, without the project's name. */
  readonly buildUuid: string;
  readonly projectName: string;
  readonly buildspec: Buildspec;
  readonly sourceFolder: string;
  /** Variables of the shell at its end, for `$NAME` in paths. */
  readonly environment: Readonly<Record<string, string>>;
  readonly note: (text: string) => void;
}

const UPLOADS_AT_ONCE = 8;

/** Returns the bucket, and the folder in it, for the artifacts of a build. */
export function artifactFolder(
  artifacts: ProjectArtifacts,
  build: { readonly uuid: string; readonly projectName: string },
): { bucket: string; folder: string } {
  const parts = [
    artifacts.path ?? '',
    artifacts.namespaceType === 'BUILD_ID' ? build.uuid : '',
    artifacts.name ?? build.projectName,
  ];
  const folder = parts.map((part) => part.replace(/^\/+|\/+$/g, '')).filter((part) => part !== '');
  return { bucket: artifacts.location ?? '', folder: folder.join('/') };
}

/**
 * Writes the files that the buildspec names to the artifact's location.
 * @throws PhaseFailure `CLIENT_ERROR` when the base directory is missing or nothing matches
 */
export async function uploadArtifacts(upload: ArtifactUpload): Promise<void> {
  const { artifacts, buildspec, note, objects } = upload;
  if (artifacts.type === 'NO_ARTIFACTS') return;
  const expand = (path: string): string => expandVariables(path, upload.environment);
  const { files = [], excludePaths = [], baseDirectory = '.' } = buildspec.artifacts ?? {};
  const base = expand(baseDirectory);
  note(`Expanding base directory path: ${base}`);
  const folder = resolve(upload.sourceFolder, base);
  const isFolder = (await stat(folder).catch(() => undefined))?.isDirectory() === true;
  if (!isFolder) {
    throw new PhaseFailure('CLIENT_ERROR', `no matching base directory path found for ${base}`);
  }
  note('Assembling file list');
  note(`Expanding file paths for base directory ${base}`);
  const found = await matchFiles(folder, files.map(expand), excludePaths.map(expand));
  for (const pattern of files) note(`Expanding ${pattern}`);
  if (found.length === 0) throw new PhaseFailure('CLIENT_ERROR', 'no matching artifact paths found');
  note(`Found ${found.length} file(s)`);

  const to = artifactFolder(artifacts, { uuid: upload.buildUuid, projectName: upload.projectName });
  const waiting = [...found];
  const work = async (): Promise<void> => {
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      const key = to.folder === '' ? path : `${to.folder}/${path}`;
      await objects.write(to.bucket, key, createReadStream(join(folder, path)));
    }
  };
  await Promise.all(Array.from({ length: UPLOADS_AT_ONCE }, work));
}

function expandVariables(text: string, environment: Readonly<Record<string, string>>): string {
  return text.replace(
    /\$(?:\{(\w+)\}|(\w+))/g,
    (_, braced: string | undefined, bare: string | undefined) => environment[braced ?? bare ?? ''] ?? '',
  );
}
