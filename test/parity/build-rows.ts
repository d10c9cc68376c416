import type { ParityRow } from './parity-row.js';

/** Section E of the comparison with aws-codeseeder: builds. */
export const BUILD_ROWS: readonly ParityRow[] = [
  {
    id: 'E.docker',
    reference: 'docker logins from a secret, failure tolerated and said',
    tests: [
      'client/runner-logins/docker-logins: `docker` logs in to each registry of the secret, with the password on standard input only',
      'client/runner-logins/docker-logins: A failed docker login is logged without the password, and does not end the build or other logins',
    ],
  },
  {
    id: 'E.pypi',
    reference: 'PyPI mirror, https only',
    tests: [
      'client/runner-logins/mirrors: The mirror of PyPI is stored for pip in a private file, and its password is never logged',
      'lambdas/prepare-run/registry-logins: A mirror of a request is accepted when it is an https URL without credentials',
    ],
  },
  {
    id: 'E.npm',
    reference: 'npm mirror with a token, or user name and password',
    tests: [
      'client/runner-logins/mirrors: The mirror of npm is stored with its token in a private file',
      'client/runner-logins/mirrors: The mirror of npm uses username and password if there is no token',
    ],
  },
  {
    id: 'E.secret_key',
    reference: 'secret::key picks another key',
    tests: [
      'client/runner-logins/mirrors: The credentials of a mirror are those of the key that the variable names',
      'client/runner-logins/docker-logins: Logins to docker registries use the entries of the key that the variable names',
    ],
  },
  {
    id: 'E.passwords',
    reference: 'passwords reach no log, process list or file of others',
    tests: [
      'end-to-end/secrets: Secrets and parameters reach the build of a run and appear nowhere else',
      'end-to-end/secrets: A build logs in to a mirror with a secret, in a file that only its user can read',
    ],
  },
  {
    id: 'E.code_artifact',
    reference: 'CodeArtifact login when the seedkit has one',
    tests: [
      'client/runner-logins/code-artifact: A login to CodeArtifact is stored for pip and npm in private files, and its token is never logged',
      'end-to-end/deploy: Deploying and installing packages leaves no token in logs, records, events, files or command lines',
    ],
  },
  {
    id: 'E.installation',
    reference: 'venv; requirements, local, pip and pipx modules; commands per phase; on-failure',
    tests: [
      'lambdas/prepare-run/python-buildspec: The buildspec of a Python function installs its bundle, modules and tools into a virtual environment',
      'end-to-end/python: Commands find the Python modules and tools that the run requests',
      'lambdas/prepare-run/buildspec: The buildspec for %j sets on-failure of install and pre_build to %s',
    ],
  },
  {
    id: 'E.ignored',
    reference: 'what bundles leave out, by path segments below the folder; changeable; .gitignore',
    tests: [
      'client/bundle/files/collect-files: `collectFiles` lists a folder with dotfiles and build output, but without packages, history and caches',
      'client/bundle/files/folder-filter: `folderFilter` drops all patterns before `!*`',
      'client/bundle/files/folder-filter: `folderFilter` applies `.gitignore` files only if `gitignore` is set',
    ],
  },
];
