/** Variables that a run's build sets for the code it runs. */
export const BUILD_VARIABLES = {
  /** The run's id. */
  runId: 'CODESEEDER_RUN_ID',
  /** The seedkit's name. */
  seedkit: 'CODESEEDER_SEEDKIT',
  /** Folder whose files become the run's output. */
  outputDir: 'CODESEEDER_OUTPUT_DIR',
  /** File with the invocation. */
  invocationFile: 'CODESEEDER_INVOCATION_FILE',
  /** The bundle's folder as a `file:` URL, for the requirements files in it. */
  bundleUrl: 'CODESEEDER_BUNDLE_URL',
  /** Names of the variables a function may export, with blanks between them. The runner takes it out of the environment. */
  exportedNames: 'CODESEEDER_EXPORTED_NAMES',
  /** File the runner writes commands to that set those variables. The runner takes it out of the environment. */
  exportsFile: 'CODESEEDER_EXPORTS_FILE',
} as const;
