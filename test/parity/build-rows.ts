import type { ParityRow } from './parity-row.js';

/** Section E: in the build. */
export const BUILD_ROWS: readonly ParityRow[] = [
  {
    id: 'E.docker',
    reference: 'docker logins from a secret, failure tolerated and said',
    tests: [
      'client/runner-logins/docker-logins: take each registry of the secret, with the password on standard input alone',
      'client/runner-logins/docker-logins: that fail are said, without the password, and end neither the build nor the other logins',
    ],
  },
  {
    id: 'E.pypi',
    reference: 'PyPI mirror, https only',
    tests: [
      'client/runner-logins/mirrors: is what pip reads, from a file for nobody else, and its password is never said',
      'lambdas/prepare-run/registry-logins: is taken when it is one',
    ],
  },
  {
    id: 'E.npm',
    reference: 'npm mirror with a token, or user name and password',
    tests: [
      'client/runner-logins/mirrors: is what npm reads, with its token, from a file for nobody else',
      'client/runner-logins/mirrors: takes username and password where there is no token',
    ],
  },
  {
    id: 'E.secret_key',
    reference: 'secret::key picks another key',
    tests: [
      'client/runner-logins/mirrors: holds the credentials below another key where the variable names one',
      'client/runner-logins/docker-logins: take the entries below another key where the variable names one',
    ],
  },
  {
    id: 'E.passwords',
    reference: 'passwords reach no log, process list or file of others',
    tests: [
      'end-to-end/secrets: reach the build of a run and are shown nowhere',
      'end-to-end/secrets: log a build in to a mirror, in a file for nobody else',
    ],
  },
  {
    id: 'E.code_artifact',
    reference: 'CodeArtifact login when the seedkit has one',
    tests: [
      'client/runner-logins/code-artifact: is what pip and npm read, from files for nobody else, and its token is never said',
      'end-to-end/modules: leave no token in any log, record, event, file or command line',
    ],
  },
  {
    id: 'E.installation',
    reference: 'venv; requirements, local, pip and pipx modules; commands per phase; on-failure',
    tests: [
      'lambdas/prepare-run/python-buildspec: installs into a virtual environment of the run what the bundle carries, modules and tools',
      'end-to-end/python: find the Python modules and tools that were asked for',
      'lambdas/prepare-run/buildspec: with %j a failed install or pre_build is %s',
    ],
  },
  {
    id: 'E.ignored',
    reference: 'what bundles leave out, by path segments below the folder; changeable; .gitignore',
    tests: [
      'client/bundle/collect-files: are taken along without packages, history and caches, but with dotfiles and what was built',
      'client/bundle/folder-filter: is replaced by a list that starts with taking back everything',
      'client/bundle/folder-filter: count only where that is asked for',
    ],
  },
];
