declare module 'asl-validator' {
  /** Checks a definition in the states language. */
  export default function validate(definition: object): {
    readonly isValid: boolean;
    readonly errors: readonly unknown[];
  };
}
