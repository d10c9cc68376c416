import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';

import type { ProjectArtifacts } from '@aws-sdk/client-codebuild';

import type { Objects } from '../ports.js';
import { matchFiles } from './artifact-files.js';
import { locateFile, statOf } from './locate-file.js';
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
  /** Returns where a path of the build is on the machine, for a path without links. */
  readonly outside: (path: string) => string;
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
  const locate = (path: string): Promise<string> => locateFile(path, upload.outside);
  const isFolder = (await statOf(folder, locate))?.isDirectory() === true;
  if (!isFolder) {
    throw new PhaseFailure('CLIENT_ERROR', `no matching base directory path found for ${base}`);
  }
  note('Assembling file list');
  note(`Expanding file paths for base directory ${base}`);
  const found = await matchFiles({ folder, locate }, files.map(expand), excludePaths.map(expand));
  for (const pattern of files) note(`Expanding ${pattern}`);
  if (found.length === 0) throw new PhaseFailure('CLIENT_ERROR', 'no matching artifact paths found');
  note(`Found ${found.length} file(s)`);

  const to = artifactFolder(artifacts, { uuid: upload.buildUuid, projectName: upload.projectName });
  const waiting = [...found];
  const work = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const { path, location } = file;
      const key = to.folder === '' ? path : `${to.folder}/${path}`;
      await objects.write(to.bucket, key, createReadStream(location));
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
