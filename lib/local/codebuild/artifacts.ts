import { createReadStream, readFileSync, statSync, type ReadStream } from 'node:fs';
import { basename, resolve } from 'node:path';

import type { BuildArtifacts, ProjectArtifacts } from '@aws-sdk/client-codebuild';

import type { Objects } from '../ports.js';
import { matchFiles } from './artifact-files.js';
import type { Buildspec, BuildspecArtifacts } from './buildspec.js';
import { locateFile, statOf } from './locate-file.js';
import { PhaseFailure } from './phase-failure.js';
import { SMALL_FILE_BYTES } from '../durable/small-file.js';

export interface ArtifactUpload {
  readonly objects: Objects;
  readonly artifacts: ProjectArtifacts;
  readonly secondaryArtifacts: readonly ProjectArtifacts[];
  /** UUID of the build, without the project's name. */
  readonly buildUuid: string;
  readonly projectName: string;
  readonly buildspec: Buildspec;
  readonly sourceFolder: string;
  /** Converts a path of the build to its path on the machine. The path must have no links. */
  readonly outside: (path: string) => string;
  /** Variables of the shell after the last command. `$NAME` in a path refers to them. */
  readonly environment: Readonly<Record<string, string>>;
  readonly note: (text: string) => void;
}

const UPLOADS_AT_ONCE = 8;

/** Returns the location of a build's artifacts in the form of BatchGetBuilds. */
export function describeArtifacts(
  artifacts: ProjectArtifacts,
  build: { readonly uuid: string; readonly projectName: string },
  partition: string,
): BuildArtifacts {
  if (artifacts.type !== 'S3') return { location: '' };
  const { bucket, folder } = artifactFolder(artifacts, build);
  return {
    location: `arn:${partition}:s3:::${bucket}/${folder}`,
    encryptionDisabled: artifacts.encryptionDisabled ?? false,
    artifactIdentifier: artifacts.artifactIdentifier,
  };
}

/** Returns the bucket and the folder in it to which a build's artifacts are uploaded. */
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
 * Writes the files that the buildspec names to the locations of the primary and the secondary artifacts.
 * @throws PhaseFailure `CLIENT_ERROR` when a base directory is missing, nothing matches, or the buildspec does not
 * define a secondary artifact
 */
export async function uploadArtifacts(upload: ArtifactUpload): Promise<void> {
  const { artifacts, buildspec, secondaryArtifacts } = upload;
  if (artifacts.type !== 'NO_ARTIFACTS') {
    await uploadOne(upload, artifacts, buildspec.artifacts ?? NO_FILES);
  }
  for (const secondary of secondaryArtifacts) {
    const id = secondary.artifactIdentifier ?? '';
    const definition = Object.hasOwn(buildspec.secondaryArtifacts, id)
      ? buildspec.secondaryArtifacts[id]
      : undefined;
    if (definition === undefined) {
      throw new PhaseFailure(
        'CLIENT_ERROR',
        `no definition of artifact ${id} found. Add ${id} to artifacts/secondary-artifacts of the buildspec`,
      );
    }
    await uploadOne(upload, secondary, definition);
  }
}

const NO_FILES: BuildspecArtifacts = {
  files: [],
  'exclude-paths': [],
  'base-directory': '.',
  'discard-paths': false,
};

async function uploadOne(
  upload: ArtifactUpload,
  artifacts: ProjectArtifacts,
  definition: BuildspecArtifacts,
): Promise<void> {
  const { note, objects } = upload;
  const { files, 'exclude-paths': excluded, 'discard-paths': discardsPaths } = definition;
  const expand = (path: string): string => expandVariables(path, upload.environment);
  const base = expand(definition['base-directory']);
  note(`Expanding base directory path: ${base}`);
  const folder = resolve(upload.sourceFolder, base);
  const locate = (path: string): string => locateFile(path, upload.outside);
  const isFolder = statOf(folder, locate)?.isDirectory() === true;
  if (!isFolder) {
    throw new PhaseFailure('CLIENT_ERROR', `no matching base directory path found for ${base}`);
  }
  note('Assembling file list');
  note(`Expanding file paths for base directory ${base}`);
  const found = matchFiles({ folder, locate }, files.map(expand), excluded.map(expand));
  for (const pattern of files) note(`Expanding ${pattern}`);
  if (found.length === 0) throw new PhaseFailure('CLIENT_ERROR', 'no matching artifact paths found');
  note(`Found ${found.length} file(s)`);

  const to = artifactFolder(artifacts, { uuid: upload.buildUuid, projectName: upload.projectName });
  // With `discard-paths`, files of the same name have the same key, so only the last one is uploaded.
  const waiting = discardsPaths
    ? [...new Map(found.map((file) => [basename(file.path), file])).values()]
    : [...found];
  const work = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const name = discardsPaths ? basename(file.path) : file.path;
      const key = to.folder === '' ? name : `${to.folder}/${name}`;
      await objects.write(to.bucket, key, contentOf(file.location));
    }
  };
  await Promise.all(Array.from({ length: UPLOADS_AT_ONCE }, work));
}

/**
 * Returns the content of a file: as a buffer if the file is small, because a buffer needs less processor time,
 * otherwise as a stream.
 */
function contentOf(file: string): Buffer | ReadStream {
  return statSync(file).size > SMALL_FILE_BYTES ? createReadStream(file) : readFileSync(file);
}

/** Returns whether a path of the artifacts may name a variable of the shell. */
export function hasVariables({ artifacts, secondaryArtifacts }: Buildspec): boolean {
  return [artifacts, ...Object.values(secondaryArtifacts)].some((paths) =>
    [paths?.['base-directory'] ?? '', ...(paths?.files ?? []), ...(paths?.['exclude-paths'] ?? [])].some(
      (path) => path.includes('$'),
    ),
  );
}

function expandVariables(text: string, environment: Readonly<Record<string, string>>): string {
  return text.replace(
    /\$(?:\{(\w+)\}|(\w+))/g,
    (_, braced: string | undefined, bare: string | undefined) => environment[braced ?? bare ?? ''] ?? '',
  );
}
