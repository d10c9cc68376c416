/** A feature of aws-codeseeder 1.3.1, or a defect that this project must not have, and the tests for it. */
export interface ParityRow {
  /** Section and number, such as `A.1`. */
  readonly id: string;
  /** The feature in the words of aws-codeseeder. */
  readonly reference: string;
  /** Tests, each as a file or folder below `test/` and a title: `client/submit: puts bundle and input`. */
  readonly tests: readonly string[];
}
