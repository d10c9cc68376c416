import { z } from 'zod';

/** Types of a build's environment variables. CodeBuild resolves the values of the last two, which are references. */
export const ENVIRONMENT_VARIABLE_TYPES = ['PLAINTEXT', 'PARAMETER_STORE', 'SECRETS_MANAGER'] as const;

/** A variable name of a POSIX shell. */
export const environmentVariableNameSchema = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_]*$/,
    'a variable name must have letters, digits and underscores only, and must not start with a digit',
  );

/** Returns whether a text has no NUL character, which ends a process's arguments and environment variables. */
export function isWithoutNul(text: string): boolean {
  return !text.includes('\0');
}

/** An environment variable of a build. */
export const environmentVariableSchema = z.strictObject({
  value: z.string().refine(isWithoutNul, 'an environment variable must not contain a NUL character'),
  type: z.enum(ENVIRONMENT_VARIABLE_TYPES),
});
export type EnvironmentVariable = z.infer<typeof environmentVariableSchema>;

/**
 * Name of an exported variable. CodeBuild's documentation rules out names that start with `AWS_`.
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html#build-spec.env.exported-variables
 */
export const exportedVariableNameSchema = environmentVariableNameSchema.refine(
  (name) => !name.startsWith('AWS_'),
  'a variable whose name starts with AWS_ cannot be exported',
);
