import {
  type BuildOptions,
  BUNDLE_PATHS,
  CodeseederError,
  registryLoginOption,
  type RunRequest,
} from '../../lib/contract/index.js';
import { shellQuoted } from './shell-quoted.js';

const PROGRAM = `"$CODEBUILD_SRC_DIR/${BUNDLE_PATHS.registryLogins}"`;

/**
 * What logs a build in to registries and mirrors before anything is installed; nothing when neither the request
 * nor the seedkit has any. The program is in the bundles of our client. A request that wants it cannot do without.
 * Where only the seedkit has credentials, a build that cannot run the program goes on and says so.
 *
 * @throws CodeseederError `InvalidRequest` for a request without bundle that names a mirror or a secret
 */
export function registryLoginCommands(
  { build, bundle }: Pick<RunRequest, 'build' | 'bundle'>,
  seedkitHasCredentials: boolean,
): string[] {
  const wanted = registryLoginOption(build);
  if (wanted === undefined && !seedkitHasCredentials) return [];
  if (wanted !== undefined && bundle === undefined) {
    throw new CodeseederError(
      'InvalidRequest',
      `The run request is not valid: build.${wanted}: a run without bundle cannot log in to registries; submit it with the client`,
    );
  }
  const program = ['node', PROGRAM, ...mirrorArguments(build)].join(' ');
  if (wanted !== undefined) return [program];
  return [
    `if [ -f ${PROGRAM} ] && command -v node > /dev/null; then ${program}; else echo 'codeseeder: no logins to registries and mirrors: that takes a bundle of the codeseeder client and an image with node'; fi`,
  ];
}

function mirrorArguments({ npmMirror, pypiMirror }: BuildOptions): string[] {
  return [
    ...(pypiMirror === undefined ? [] : [`--pypi-mirror=${shellQuoted(pypiMirror)}`]),
    ...(npmMirror === undefined ? [] : [`--npm-mirror=${shellQuoted(npmMirror)}`]),
  ];
}
