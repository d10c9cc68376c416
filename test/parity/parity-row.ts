/** One thing that aws-codeseeder 1.3.1 does, or a defect of it that must not come along, and the tests that hold us to it. */
export interface ParityRow {
  /** Section and number, such as `A.1`. */
  readonly id: string;
  /** What it is there. */
  readonly reference: string;
  /** Each a test file or folder below `test/`, and the title of a test there: `client/submit: puts bundle and input`. */
  readonly tests: readonly string[];
}
