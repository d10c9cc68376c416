/** Options that every run can have, and defaults of a kit. */
import type { BuildOptions, EnvironmentVariable, LockMode } from '../lib/contract/index.js';
import type { AwsSession } from './aws-options.js';
import type { ProgressListener } from './progress-types.js';

/** A cache that needs no settings: the folder of a package manager, with the digest of a lock file in its key. */
export type ReadyCache = 'npm' | 'node_modules' | 'pip' | 'uv';

/** What a build restores and saves. */
export interface CacheSettings {
  /**
   * Key of the content, such as `npm-{hash:package-lock.json}`: letters, digits and `. _ / -`. The digest of the named
   * files, separated by commas, replaces `{hash:...}`; they are looked for in the working folder, then in `files` and
   * `dirs`. A copy that was saved under a key never changes. It only expires.
   */
  readonly key: string;
  /**
   * Up to four starts of keys, such as `npm-`. If there is no copy under the key, a copy whose key starts with one of
   * them is restored. It may have older files.
   * @default none
   */
  readonly fallbackKeys?: readonly string[] | undefined;
  /**
   * Up to 20 folders and files, without patterns: relative to the folder in which the run's commands start, such as
   * `node_modules`; below `~/`; or absolute.
   */
  readonly paths: readonly string[];
}

/** Option `cache` of a run: what to keep, or `false`. */
export type CacheOption = false | readonly ReadyCache[] | CacheSettings;

/**
 * Options of a run. The kit's, the function's and the call's options are merged in this order: lists are joined, maps
 * are merged by key, and a later single value replaces an earlier one.
 */
export interface RunOptions {
  /**
   * Options of the CodeBuild build: image, compute, timeouts, commands and more.
   * @default those of the seedkit's CodeBuild project
   */
  readonly build?: BuildOptions | undefined;
  /**
   * npm packages to install globally before the run: name to version, range or tag. Short for `build.packages`.
   * @default none
   */
  readonly packages?: Readonly<Record<string, string>> | undefined;
  /**
   * Requirements that pip installs into the run's virtual environment, such as `requests>=2`. Short for
   * `build.pythonModules`.
   * @default none
   */
  readonly pythonModules?: readonly string[] | undefined;
  /**
   * Python command-line tools that pipx installs. Short for `build.pipxModules`.
   * @default none
   */
  readonly pipxModules?: readonly string[] | undefined;
  /**
   * Local Python code for runs of Python functions: import name to folder, or to the `.py` file of a single module.
   *
   * - A project, which has a `setup.py` or a `pyproject.toml` with `[project]` or `[build-system]`, is installed by
   *   pip.
   * - A project with a `uv.lock` is installed by uv, at the versions of that file.
   * - Any other folder is put on the module path. A package is imported by the name given here. If the folder is not a
   *   package, the modules in it can be imported, too.
   * @default none
   */
  readonly localModules?: Readonly<Record<string, string>> | undefined;
  /**
   * Local requirements files of pip for runs of Python functions: name to file. They are installed first, then
   * `localModules`, then `pythonModules`.
   *
   * The bundle includes the constraints, other requirements files, local projects, wheels and folders of links that a
   * file names. Paths of projects are relative to the working folder or else to the bundle's folder, where `dirs` and
   * `files` are. A file that another file names as its constraints is not installed from.
   * @default none
   */
  readonly requirementsFiles?: Readonly<Record<string, string>> | undefined;
  /**
   * Environment variables of the build: a text, or a reference that CodeBuild resolves, such as
   * `{ value: 'my-secret:password', type: 'SECRETS_MANAGER' }`. Short for `build.environment`.
   * @default none
   */
  readonly environment?: Readonly<Record<string, string | EnvironmentVariable>> | undefined;
  /**
   * Local folders to include: name in the bundle to folder. Modes, empty folders and links inside the folder are kept.
   * A link that leads outside the folder is refused, and so is a name with a backslash, a control character or bytes
   * that are not UTF-8, unless `ignore` excludes it.
   * @default none
   */
  readonly dirs?: Readonly<Record<string, string>> | undefined;
  /**
   * Local files to include: path in the bundle to file.
   * @default none
   */
  readonly files?: Readonly<Record<string, string>> | undefined;
  /**
   * Patterns of files to exclude from `dirs` and `localModules`. They have the syntax of `.gitignore`, are relative to
   * each folder, and the last matching pattern wins.
   *
   * They are added to built-in patterns: `node_modules`, `.git`, `cdk.out`, `codeseeder.out`, caches such as
   * `__pycache__`, `.mypy_cache` and `.turbo`, environments such as `.venv`, `.tox` and `.terraform`, and folders with
   * a `pyvenv.cfg`; in `localModules` also `build`, `dist` and `*.egg-info`. `!node_modules` includes `node_modules`,
   * and a list that starts with `!*` drops all built-in patterns. Excluded files are reported as `leftOut` progress.
   * @default only the built-in patterns
   * @see https://git-scm.com/docs/gitignore#_pattern_format
   */
  readonly ignore?: readonly string[] | undefined;
  /**
   * Whether to apply `.gitignore` files, too: those in the folders and those above them, up to the repository's root.
   * `ignore` takes precedence.
   * @default false
   */
  readonly gitignore?: boolean | undefined;
  /**
   * A bundle that is in S3 already, as `[s3://]bucket/key`. Nothing is packed, so options such as `dirs` and `files`
   * have no effect, and the bundle is never changed or deleted.
   *
   * It is a zip, or `bundles/<digest>.json`, the list of a packed bundle's layers; a `packed` event reports the digest.
   * For a function it must have been packed for the same function. Set `exportName` if the function is exported under
   * another name than its own.
   * @default none: the bundle is packed
   */
  readonly prebuiltBundle?: string | undefined;
  /**
   * Packages to include as files, with their dependencies, instead of bundling them: names as in `package.json`. Needed
   * only if packing does not detect that a package reads files of its own folder.
   * @default the packages that packing detects
   */
  readonly nodeModules?: readonly string[] | undefined;
  /**
   * Packages to bundle although packing would include them as files: names as in `package.json`.
   * @default none
   */
  readonly bundledPackages?: readonly string[] | undefined;
  /**
   * Folder that commands and functions start in, relative to the bundle's root. Short for `build.workingDirectory`.
   * @default the bundle's root
   */
  readonly workingDirectory?: string | undefined;
  /**
   * Whether to read every file again instead of reusing the digests of earlier calls.
   * @default false
   */
  readonly verify?: boolean | undefined;
  /**
   * Name of the run, shown in lists in place of its target: one line of up to 128 characters. Several runs may have the
   * same name.
   * @default the target: the function or the first command
   */
  readonly name?: string | undefined;
  /**
   * Labels of the run, stored in its record, by which it can be found: name to free text.
   * @default none
   */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /**
   * Name of a lock that the run holds while it builds: 1 to 64 letters, digits and `. _ : / -`, starting with a letter
   * or digit. Runs of a seedkit with the same lock run one at a time, in the order in which they asked for it. The next
   * run gets the lock when CodeBuild has ended the build of the one before. The build has the run's fencing number,
   * which is larger than that of each earlier run, in `CODESEEDER_LOCK_TOKEN`.
   * @default none: the run waits for no other
   */
  readonly lock?: string | undefined;
  /**
   * What the run does while another one holds its lock.
   *
   * - `wait`: it stays `QUEUED` until it gets the lock, at most `build.queuedTimeoutMinutes`. Up to 500 runs can wait.
   * - `refuse`: it fails at once with `LockHeld`, which names the run that holds the lock.
   * - `replace`: it waits, and runs that waited before it end as `CANCELED` with `LockReplaced`.
   * @default 'wait'
   */
  readonly lockMode?: LockMode | undefined;
  /**
   * Folders that the build restores from the seedkit's bucket before its commands, and saves there when it has
   * succeeded. A later value replaces an earlier one as a whole.
   *
   * - `{ key, fallbackKeys, paths }`: see {@link CacheSettings}.
   * - Ready caches: `['npm']` (`~/.npm`) and `['node_modules']` by `package-lock.json`, `['pip']` (`~/.cache/pip`) by
   *   `requirements.txt`, `['uv']` (`~/.cache/uv`) by `uv.lock`. A list is one cache with all of them.
   * - `false`: no cache at all, also for what the build installs.
   *
   * The variable `CODESEEDER_CACHE_HIT` of the build is `exact`, `fallback` or `miss`. Lambda compute has no cache.
   * @default no cache, but what the build installs from package indexes is kept: the virtual environment of Python
   * code, and what npm downloads for `packages`, until requirements, packages or image change, or the copy expires
   */
  readonly cache?: CacheOption | undefined;
  /**
   * Region, endpoint and credentials. A later value replaces an earlier one as a whole.
   * @default the AWS SDK's own configuration
   */
  readonly aws?: AwsSession | undefined;
  /**
   * Receives progress events.
   * @default progress is not reported
   */
  readonly onProgress?: ProgressListener | undefined;
  /**
   * Receives each line of the build's log, without its newline, while the run is awaited.
   * @default the log is not read
   */
  readonly onLog?: ((line: string) => void) | undefined;
}

/** Options of {@link seedkit}: defaults of every run of the kit, and whether the kit is deployed on demand. */
export interface SeedkitOptions extends RunOptions {
  /**
   * Whether to deploy the seedkit when it is first needed and not deployed yet, with the `aws` of the kit or the call.
   * Other callers in this or another process wait for the one deployment. It needs the packages that `deploySeedkit`
   * needs.
   * @default false
   */
  readonly deployIfNotExists?: boolean | undefined;
}

/**
 * Defaults of a kit, or a function that returns them. The first call that needs the defaults calls the function, and
 * concurrent calls wait for the same result. If the function fails, these calls fail, and the next call tries again.
 */
export type SeedkitDefaults = SeedkitOptions | (() => SeedkitOptions | Promise<SeedkitOptions>);
