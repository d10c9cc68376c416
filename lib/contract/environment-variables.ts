import { z } from 'zod';

/** How a build learns a variable's value; the last two are references that CodeBuild resolves itself. */
export const ENVIRONMENT_VARIABLE_TYPES = ['PLAINTEXT', 'PARAMETER_STORE', 'SECRETS_MANAGER'] as const;

/** A POSIX shell's variable name. */
export const environmentVariableNameSchema = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'a variable name is letters, digits and underscores, not a digit first');

/** Neither a process's variables nor its words can hold the character that ends them. */
export function isWithoutNul(text: string): boolean {
  return !text.includes('\0');
}

export const environmentVariableSchema = z.strictObject({
  value: z.string().refine(isWithoutNul, 'a variable of a process has no character NUL'),
  type: z.enum(ENVIRONMENT_VARIABLE_TYPES),
});
export type EnvironmentVariable = z.infer<typeof environmentVariableSchema>;

/**
 * Name of a variable the build hands back. CodeBuild's documentation refuses names that start with `AWS_`.
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html#build-spec.env.exported-variables
 */
export const exportedVariableNameSchema = environmentVariableNameSchema.refine(
  (name) => !name.startsWith('AWS_'),
  'a variable that starts with AWS_ cannot be exported',
);
