/** A feature of aws-codeseeder 1.3.1, or a defect that this project must not have, with the tests for it. */
export interface ParityRow {
  /** Section and number, such as `A.1`. */
  readonly id: string;
  /** The feature as aws-codeseeder names it. */
  readonly reference: string;
  /**
   * Tests, each as a file or folder below `test/`, and a test title: `client/submit: The client puts the bundle into
   * S3`.
   */
  readonly tests: readonly string[];
}
