import {
  CACHE_FILE,
  CHANGED_INPUT_STATUS,
  CodeseederError,
  contentDigest,
  INPUT_CHECKED_FILE,
  inputFileKey,
  INVOCATION_FILE,
  PLACE_LAYERS_FILE,
  REGISTRY_LOGINS_FILES,
  type RunRequest,
} from '../../lib/contract/index.js';
import { putOnce, type S3Bucket } from '../../lib/s3-objects.js';
import { hasCache } from './build-cache.js';
import { hasLayersToPlace } from './layer-sources.js';
import { hasRegistryLogins, type LoginPrograms, type SeedkitLogins } from './registry-logins.js';
import { shellQuoted } from './shell-quoted.js';

/** The programs of this package that are part of a run's input. */
export interface Programs {
  readonly loginPrograms: () => Promise<LoginPrograms>;
  readonly placeLayersProgram: () => Promise<Uint8Array>;
  readonly cacheProgram: () => Promise<Uint8Array>;
}

/** A program that `prepare-run` stores in a run's input, and that the build runs from there. */
export interface InputProgram {
  readonly name: string;
  readonly content: Uint8Array;
  readonly contentType: string;
}

/** A file of a run's input that the build checks before it uses it. */
export interface InputFile {
  readonly name: string;
  readonly sha256: string;
}

/**
 * Returns the programs that a run's build needs in addition to its invocation, such as those that place layers and log
 * in.
 */
export async function programsOf(
  request: RunRequest,
  { loginPrograms, placeLayersProgram, cacheProgram, ...logins }: Programs & SeedkitLogins,
): Promise<InputProgram[]> {
  const { bundle, build } = request;
  const programs: InputProgram[] = [];
  if (hasLayersToPlace(bundle)) {
    const content = await placeLayersProgram();
    programs.push({ name: PLACE_LAYERS_FILE, content, contentType: 'text/x-shellscript' });
  }
  if (hasCache(request)) {
    programs.push({ name: CACHE_FILE, content: await cacheProgram(), contentType: 'text/x-shellscript' });
  }
  if (hasRegistryLogins(build, logins)) {
    const { node, python } = await loginPrograms();
    programs.push(
      { name: REGISTRY_LOGINS_FILES.node, content: node, contentType: 'text/javascript' },
      { name: REGISTRY_LOGINS_FILES.python, content: python, contentType: 'application/zip' },
    );
  }
  return programs;
}

/** Returns the files of a run's input: its invocation and the programs. */
export function inputFiles(invocationSha256: string, programs: readonly InputProgram[]): InputFile[] {
  const files = programs.map(({ name, content }) => ({ name, sha256: contentDigest(content).sha256 }));
  return [{ name: INVOCATION_FILE, sha256: invocationSha256 }, ...files];
}

/**
 * Stores programs beside a run's invocation. Repeating the call changes nothing.
 * @throws CodeseederError `InputChanged` when another content exists under the key of a program
 */
export async function putPrograms(
  runId: string,
  programs: readonly InputProgram[],
  files: S3Bucket,
): Promise<void> {
  const put = async ({ name, content, contentType }: InputProgram): Promise<void> => {
    const key = inputFileKey(runId, name);
    if (await putOnce({ key, content, contentType }, files)) return;
    throw new CodeseederError(
      'InputChanged',
      `The object s3://${files.bucket}/${key} exists and is not the program of codeseeder that the build runs from there. Check which principals can write to it, and submit again with another run id.`,
    );
  };
  await Promise.all(programs.map(put));
}

/**
 * Returns the first command of a build that has an input. It removes all other files from the input's folder, because
 * another principal may have added objects. Then it compares the files with the SHA-256 from when `prepare-run` read or
 * stored them. Needs only coreutils or busybox.
 */
export function checkInputCommand(files: readonly InputFile[], folder: string): string {
  const kept = files.map(({ name }) => `./${name}`).join(':');
  const sums = files.map(({ name, sha256 }) => `${sha256} ${name}`).join(' ');
  const message = shellQuoted('codeseeder: the input of the run is not the one that it was started with:');
  const commands = [
    `cd -- "${folder}"`,
    // With GLOBIGNORE set, `*` matches all names except those in it, including names that start with a dot.
    `GLOBIGNORE=${kept}`,
    'shopt -s nullglob',
    'set -- ./*',
    '{ [ $# -eq 0 ] || rm -rf -- "$@"; }',
    '{ command -v sha256sum > /dev/null || sha256sum() { shasum -a 256 "$@"; }; }',
    `{ FOUND=$(printf '%s  %s\\n' ${sums} | sha256sum -c 2>&1) || { STATUS=$?; echo ${message} "$FOUND" >&2; exit $((STATUS == 127 ? 1 : ${CHANGED_INPUT_STATUS})); }; }`,
    `: > ${INPUT_CHECKED_FILE}`,
  ];
  return `(${commands.join(' && ')})`;
}

/**
 * Returns the first command of every phase of a build that has an input but no layers to place. It fails when the input
 * was not checked.
 */
export function inputCheckedCheck(folder: string): string {
  const message = shellQuoted('codeseeder: the input of the run was not checked');
  return `{ [ -e "${folder}/${INPUT_CHECKED_FILE}" ] || { echo ${message} >&2; false; }; }`;
}
