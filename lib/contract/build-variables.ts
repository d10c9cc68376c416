/** Environment variables that codeseeder sets in a build, by StartBuild or in the build's commands. */
export const BUILD_VARIABLES = {
  /** The run's id. */
  runId: 'CODESEEDER_RUN_ID',
  /** The seedkit's name. */
  seedkit: 'CODESEEDER_SEEDKIT',
  /** Fencing number of the run's lock; set only if the run has a lock. */
  lockToken: 'CODESEEDER_LOCK_TOKEN',
  /** Folder whose files are uploaded as the run's output. */
  outputDir: 'CODESEEDER_OUTPUT_DIR',
  /** Path of the file with the invocation. */
  invocationFile: 'CODESEEDER_INVOCATION_FILE',
  /** The bundle's folder as a `file:` URL, which the bundle's requirements files refer to. */
  bundleUrl: 'CODESEEDER_BUNDLE_URL',
  /**
   * Names of the variables a function may export, separated by spaces. The runner removes this variable from the
   * environment.
   */
  exportedNames: 'CODESEEDER_EXPORTED_NAMES',
  /**
   * Path of the shell script in which the runner sets the exported variables. The runner removes this variable from the
   * environment.
   */
  exportsFile: 'CODESEEDER_EXPORTS_FILE',
  /**
   * SHA-256 of the file with the invocation, which the runner compares. The runner removes this variable from the
   * environment.
   */
  invocationSha256: 'CODESEEDER_INVOCATION_SHA256',
  /**
   * SHA-256 and size of `result.json` at the end of the build: `<sha256>:<size>`. The build's shell exports it, so that
   * `collect-outcome` reads it from CodeBuild, where no other build can change it.
   */
  result: 'CODESEEDER_RESULT',
  /**
   * `exact`, `fallback` or `miss`: what the build found in the cache of its request. Commands read it to install only
   * what is missing. Set only if the request has a cache.
   */
  cacheHit: 'CODESEEDER_CACHE_HIT',
  /** What the build did with its cache. The build's shell exports it for `collect-outcome`. */
  cache: 'CODESEEDER_CACHE',
  /**
   * Names of the variables whose values the runner hides in errors and exported values, separated by spaces. The runner
   * removes this variable from the environment.
   */
  secretNames: 'CODESEEDER_SECRET_NAMES',
} as const;
