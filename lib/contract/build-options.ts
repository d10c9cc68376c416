import { z } from 'zod';

import { isWellFormed } from './bounded-text.js';
import { computeProblems } from './compute-problems.js';
import { COMPUTE_TYPES, ENVIRONMENT_TYPES } from './compute.js';
import {
  environmentVariableNameSchema,
  environmentVariableSchema,
  exportedVariableNameSchema,
  isWithoutNul,
  variableProblem,
} from './environment-variables.js';
import { DEBUG_PAUSES } from './debug-pauses.js';
import { BUILD_TIMEOUT_MINUTES, ENVIRONMENT_MAX_CHARACTERS, QUEUED_TIMEOUT_MINUTES } from './limits.js';

const commands = z.array(
  z
    .string()
    .min(1, 'a command must not be empty')
    .refine(isWithoutNul, 'a command must not contain a NUL character')
    .refine(isWellFormed, 'the text must not contain half of a surrogate pair'),
);

/** An npm package name, scoped or not. @see https://docs.npmjs.com/cli/configuring-npm/package-json#name */
const npmPackageName = z
  .string()
  .max(214)
  .regex(/^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/, 'not an npm package name');

/** A version, range or tag, without quotes, `$` and backticks. The build passes it to npm as one quoted word. */
const npmVersion = z.string().regex(/^[A-Za-z0-9^~<>=.*|+ -]{1,128}$/, 'not an npm version, range or tag');

/**
 * One argument of `pip install`: a requirement, a URL, or a path inside the bundle. It is never an option.
 * @see https://packaging.python.org/en/latest/specifications/dependency-specifiers/
 */
const pipSpecifier = z
  .string()
  .max(512)
  .regex(
    /^[A-Za-z0-9./][ -~]*$/,
    "not a pip requirement, such as 'requests>=2' or 'tool @ https://example.com/tool.whl'; pass requirements files and index URLs with the options requirementsFiles and pypiMirror",
  );

/** The URL of a mirror. Records and logs show it, therefore it must not contain credentials. */
const mirrorUrl = z
  .string()
  .max(1024)
  // The URL parser removes control characters and spaces, but pip and npm, which receive the text, do not.
  .regex(/^[!-~]*$/, 'a URL must have printable ASCII characters and no spaces only')
  .refine((text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    return url?.protocol === 'https:' && url.username === '' && url.password === '';
  }, 'a mirror must be an https URL without credentials; put credentials into a secret that the build can read');

/** Installers of Python packages. */
export const PYTHON_INSTALLERS = ['pip', 'uv'] as const;
export type PythonInstaller = (typeof PYTHON_INSTALLERS)[number];

/** Returns whether a path is relative and has no `..`, backslashes or control characters. */
function isInsideBundle(folder: string): boolean {
  const isPlain = /^[^/\\\p{Cc}][^\\\p{Cc}]*$/u.test(folder);
  return isPlain && !folder.split('/').includes('..');
}

const buildFields = {
  /**
   * Minutes the build may run, 5 to 2160. Not accepted for Lambda compute, whose builds end after 15 minutes.
   * @default 30
   */
  timeoutMinutes: z.int().min(BUILD_TIMEOUT_MINUTES.min).max(BUILD_TIMEOUT_MINUTES.max).optional(),
  /** Minutes the run may wait for its build to start, 5 to 480. @default 480 */
  queuedTimeoutMinutes: z.int().min(QUEUED_TIMEOUT_MINUTES.min).max(QUEUED_TIMEOUT_MINUTES.max).optional(),
  /**
   * Docker image of the build; the seedkit must allow it.
   * @default that of the project; for ARM, EC2 and Lambda compute an image of CodeBuild's that they can run
   */
  image: z.string().min(1).max(512).optional(),
  /** ARN of the build's service role; the seedkit must allow it. */
  role: z
    .string()
    .regex(/^arn:[^:]+:iam::\d{12}:role\/.+$/, 'must be the ARN of an IAM role')
    .optional(),
  /** Name of another CodeBuild project to build in; the seedkit must allow it. */
  project: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{1,149}$/, 'not a CodeBuild project name')
    .optional(),
  /** ARN of a reserved capacity fleet; the seedkit must allow it. */
  fleet: z
    .string()
    .regex(/^arn:[^:]+:codebuild:[^:]+:\d{12}:fleet\/.+$/, 'must be the ARN of a reserved capacity fleet')
    .optional(),
  /** Whether Docker can run inside the build; the seedkit must allow it. @default false */
  privileged: z.boolean().optional(),
  /**
   * Whether shells can be opened in the build while it runs; the seedkit must allow it. `before-target` also pauses the
   * build before the target, `on-failure` after the build phase if that failed, each until `codebuild-resume` is run in
   * a shell or the build times out.
   * @default false
   */
  debugSession: z.union([z.boolean(), z.enum(DEBUG_PAUSES)]).optional(),
  /**
   * Environment type of the build's container.
   * @default that of the project, `LINUX_CONTAINER` in the seedkit's own; `LINUX_LAMBDA_CONTAINER` for Lambda compute
   */
  environmentType: z.enum(ENVIRONMENT_TYPES).optional(),
  /**
   * Size of the build's container.
   * @default that of the project, `BUILD_GENERAL1_SMALL` in the seedkit's own; `BUILD_LAMBDA_1GB` for Lambda compute
   */
  computeType: z.enum(COMPUTE_TYPES).optional(),
  /** Language runtimes of the image, such as `{ nodejs: '24' }`. */
  runtimeVersions: z.record(z.string().regex(/^[a-z]+$/), z.string().regex(/^[A-Za-z0-9._-]+$/)).optional(),
  /** npm packages to install globally before the run, from name to version range: `{ 'aws-cdk': '^2' }`. */
  packages: z.record(npmPackageName, npmVersion).optional(),
  /** Packages that pip installs into the run's virtual environment: `['requests>=2', 'boto3']`. */
  pythonModules: z.array(pipSpecifier).optional(),
  /** Python tools that pipx installs, each into an environment of its own: `['black', 'poetry']`. */
  pipxModules: z.array(pipSpecifier).optional(),
  /**
   * Installer of Python requirements, local projects and modules. uv is installed when the image has none.
   * @default pip; uv for a local project with a `uv.lock`, from which uv creates the environment
   */
  pythonInstaller: z.enum(PYTHON_INSTALLERS).optional(),
  /** URL of the index that pip uses instead of PyPI, such as `https://mirror.example.com/pypi/simple`. */
  pypiMirror: mirrorUrl.optional(),
  /** URL of the registry that npm uses instead of the public one. */
  npmMirror: mirrorUrl.optional(),
  /** Commands of the install phase, after the runtimes and packages. */
  installCommands: commands.optional(),
  /** Commands of the pre_build phase. */
  preBuildCommands: commands.optional(),
  /** Commands of the build phase, right before the target. */
  preExecutionCommands: commands.optional(),
  /** Commands of the build phase, right after the target. */
  buildCommands: commands.optional(),
  /** Commands of the post_build phase, which also runs when the target failed. */
  postBuildCommands: commands.optional(),
  /** Environment variables of the build. */
  environment: z
    .record(environmentVariableNameSchema, environmentVariableSchema)
    .refine(
      (variables) =>
        Object.entries(variables).reduce((sum, [name, { value }]) => sum + name.length + value.length, 0) <=
        ENVIRONMENT_MAX_CHARACTERS,
      `names and values must not exceed ${ENVIRONMENT_MAX_CHARACTERS} characters together; pass larger values as arguments`,
    )
    .optional(),
  /** Names of the environment variables whose values the outcome includes. */
  exportedVariables: z.array(exportedVariableNameSchema).optional(),
  /** Whether a failed install or pre_build phase ends the build (`on-failure: ABORT`). @default true */
  abortPhasesOnFailure: z.boolean().optional(),
  /**
   * Folder in which the target and the commands of all phases start, relative to the bundle's root.
   * @default the bundle's root
   */
  workingDirectory: z
    .string()
    .min(1)
    .max(1024)
    .refine(
      isInsideBundle,
      'not a folder inside the bundle; use a path relative to its root, such as app or app/infra',
    )
    .optional(),
};

/**
 * The build of one run. Every option is optional. An omitted option has its `@default`; the image, role and compute
 * default to the settings of the CodeBuild project.
 */
export const buildOptionsSchema = z.strictObject(buildFields).superRefine((build, context) => {
  for (const { option, message } of computeProblems(build)) {
    context.addIssue({ code: 'custom', path: [option], message });
  }
  const variables = new Map(Object.entries(build.environment ?? {}));
  for (const [name, variable] of variables) {
    const message = variableProblem(name, variable);
    if (message !== undefined) {
      context.addIssue({ code: 'custom', path: ['environment', name], message });
    }
  }
  (build.exportedVariables ?? []).forEach((name, index) => {
    const type = variables.get(name)?.type ?? 'PLAINTEXT';
    if (type === 'PLAINTEXT') return;
    context.addIssue({
      code: 'custom',
      path: ['exportedVariables', index],
      message: `${name} is a secret (${type}) and would be readable in the run's record; export a value that is not secret under another name`,
    });
  });
});
export type BuildOptions = z.infer<typeof buildOptionsSchema>;
