import { z } from 'zod';

import { isWellFormed } from './bounded-text.js';
import { BUILD_VARIABLES } from './build-variables.js';

/**
 * Variables that a build sets itself. CodeBuild reserves names that start with `CODEBUILD_`.
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html
 */
const BUILD_VARIABLE_NAMES: ReadonlySet<string> = new Set(Object.values(BUILD_VARIABLES));
const RESERVED_PREFIX = 'CODEBUILD_';

/**
 * Variables that change how bash reads its commands. With some of their values, the shell reads no commands, and a
 * build fails without a visible reason.
 */
const SHELL_VARIABLES: readonly string[] = [
  'BASH_ENV',
  'BASHOPTS',
  'ENV',
  'EXECIGNORE',
  'FUNCNEST',
  'IFS',
  'POSIXLY_CORRECT',
  'PS4',
  'SHELLOPTS',
  'TMOUT',
];

/** Folders with the programs of a build's image. */
const PROGRAM_FOLDERS: readonly string[] = ['/bin', '/usr/bin'];

/**
 * Returns the reason why a variable would prevent a build from running its commands; undefined if it would not. The
 * value of a secret is not known here, and is not checked.
 * @param name name of the variable
 */
export function variableProblem(
  name: string,
  { value, type }: Pick<EnvironmentVariable, 'value' | 'type'>,
): string | undefined {
  if (BUILD_VARIABLE_NAMES.has(name) || name.startsWith(RESERVED_PREFIX)) {
    return `the build sets ${name} itself; use another name`;
  }
  if (SHELL_VARIABLES.includes(name)) {
    return `${name} changes how the build's shell reads its commands; set it in the commands that need it`;
  }
  if (type !== 'PLAINTEXT') return undefined;
  if (name === 'PATH' && !value.split(':').some((folder) => PROGRAM_FOLDERS.includes(folder))) {
    return `PATH ${JSON.stringify(value)} has neither /bin nor /usr/bin, so the build would find no programs, and variables in it are not replaced; add a folder in a command: export PATH="/opt/tool/bin:$PATH"`;
  }
  if (name === 'HOME' && !value.startsWith('/')) {
    return `HOME ${JSON.stringify(value)} is not an absolute path of a folder; leave HOME out`;
  }
  return undefined;
}

/** Types of a build's environment variables. The values of the last two are references that CodeBuild resolves. */
export const ENVIRONMENT_VARIABLE_TYPES = ['PLAINTEXT', 'PARAMETER_STORE', 'SECRETS_MANAGER'] as const;

/** A variable name of a POSIX shell. */
export const environmentVariableNameSchema = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_]*$/,
    'a variable name must have letters, digits and underscores only, and must not start with a digit',
  )
  .refine((name) => name !== '__proto__', 'a variable must not have the name __proto__');

/** Returns whether a text has no NUL character, at which the arguments and environment variables of a process end. */
export function isWithoutNul(text: string): boolean {
  return !text.includes('\0');
}

/** An environment variable of a build. */
export const environmentVariableSchema = z.strictObject(
  {
    value: z
      .string()
      .refine(isWithoutNul, 'an environment variable must not contain a NUL character')
      .refine(isWellFormed, 'the text must not contain half of a surrogate pair'),
    type: z.enum(ENVIRONMENT_VARIABLE_TYPES),
  },
  {
    error: ({ code }) =>
      code === 'invalid_type'
        ? "must be an object such as { value: 'dev', type: 'PLAINTEXT' }; the option environment, beside build, also takes a text"
        : undefined,
  },
);
export type EnvironmentVariable = z.infer<typeof environmentVariableSchema>;

/**
 * Name of an exported variable. CodeBuild's documentation rules out names that start with `AWS_`.
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html#build-spec.env.exported-variables
 */
export const exportedVariableNameSchema = environmentVariableNameSchema.refine(
  (name) => !name.startsWith('AWS_'),
  'a variable whose name starts with AWS_ cannot be exported',
);
