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
} as const;
