import { z } from 'zod';

import {
  environmentVariableNameSchema,
  environmentVariableSchema,
  exportedVariableNameSchema,
  isWithoutNul,
} from './environment-variables.js';
import { BUILD_TIMEOUT_MINUTES, ENVIRONMENT_MAX_CHARACTERS, QUEUED_TIMEOUT_MINUTES } from './limits.js';

/** @see https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectEnvironment.html */
export const ENVIRONMENT_TYPES = [
  'LINUX_CONTAINER',
  'LINUX_GPU_CONTAINER',
  'ARM_CONTAINER',
  'LINUX_EC2',
  'ARM_EC2',
  'LINUX_LAMBDA_CONTAINER',
  'ARM_LAMBDA_CONTAINER',
] as const;

/** @see https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectEnvironment.html */
export const COMPUTE_TYPES = [
  'BUILD_GENERAL1_SMALL',
  'BUILD_GENERAL1_MEDIUM',
  'BUILD_GENERAL1_LARGE',
  'BUILD_GENERAL1_XLARGE',
  'BUILD_GENERAL1_2XLARGE',
  'BUILD_LAMBDA_1GB',
  'BUILD_LAMBDA_2GB',
  'BUILD_LAMBDA_4GB',
  'BUILD_LAMBDA_8GB',
  'BUILD_LAMBDA_10GB',
  'ATTRIBUTE_BASED_COMPUTE',
  'CUSTOM_INSTANCE_TYPE',
] as const;

const commands = z.array(
  z.string().min(1, 'a command is not empty').refine(isWithoutNul, 'a command has no character NUL'),
);

/** An npm package name, scoped or not. @see https://docs.npmjs.com/cli/configuring-npm/package-json#name */
const npmPackageName = z
  .string()
  .max(214)
  .regex(/^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/, 'not an npm package name');

/** A version, range or tag, without what a shell would read as more than one word. */
const npmVersion = z.string().regex(/^[A-Za-z0-9^~<>=.*|+ -]{1,128}$/, 'not an npm version, range or tag');

/**
 * What `pip install` takes as one word: a requirement, a URL, or a path inside the bundle. It is never an option.
 * @see https://packaging.python.org/en/latest/specifications/dependency-specifiers/
 */
const pipSpecifier = z
  .string()
  .max(512)
  .regex(
    /^[A-Za-z0-9./][ -~]*$/,
    "not a requirement of pip, such as 'requests>=2' or 'tool @ https://example.com/tool.whl'; requirements files and options have options of their own",
  );

/** It stands in records and logs, so it holds no credentials: they are in a secret. */
const mirrorUrl = z
  .string()
  .max(1024)
  // The parser of URLs drops control characters and blanks; whoever gets the text would not.
  .regex(/^[!-~]*$/, 'a URL is written in printable ASCII characters without blanks')
  .refine((text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    return url?.protocol === 'https:' && url.username === '' && url.password === '';
  }, 'a mirror is an https URL without credentials; these belong into a secret that the build can read');

/** What installs Python code. */
export const PYTHON_INSTALLERS = ['pip', 'uv'] as const;
export type PythonInstaller = (typeof PYTHON_INSTALLERS)[number];

/** A path without a way up, a drive, or what a shell or log would not show as it is. */
function isInsideBundle(folder: string): boolean {
  const isPlain = /^[^/\\\p{Cc}][^\\\p{Cc}]*$/u.test(folder);
  return isPlain && !folder.split('/').includes('..');
}

const buildFields = {
  /** Minutes the build may run, 5 to 2160. @default 30 */
  timeoutMinutes: z.int().min(BUILD_TIMEOUT_MINUTES.min).max(BUILD_TIMEOUT_MINUTES.max).optional(),
  /** Minutes the run may wait for its build to start, 5 to 480. @default 480 */
  queuedTimeoutMinutes: z.int().min(QUEUED_TIMEOUT_MINUTES.min).max(QUEUED_TIMEOUT_MINUTES.max).optional(),
  /** Docker image of the build; the seedkit must allow it. */
  image: z.string().min(1).max(512).optional(),
  /** ARN of the build's service role; the seedkit must allow it. */
  role: z
    .string()
    .regex(/^arn:[^:]+:iam::\d{12}:role\/.+$/, 'not the ARN of an IAM role')
    .optional(),
  /** Name of another CodeBuild project to build in; the seedkit must allow it. */
  project: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{1,149}$/, 'not a CodeBuild project name')
    .optional(),
  /** ARN of a reserved capacity fleet; the seedkit must allow it. */
  fleet: z
    .string()
    .regex(/^arn:[^:]+:codebuild:[^:]+:\d{12}:fleet\/.+$/, 'not the ARN of a fleet')
    .optional(),
  /** Docker inside the build; the seedkit must allow it. @default false */
  privileged: z.boolean().optional(),
  environmentType: z.enum(ENVIRONMENT_TYPES).optional(),
  computeType: z.enum(COMPUTE_TYPES).optional(),
  /** Language runtimes of the image, such as `{ nodejs: '24' }`. */
  runtimeVersions: z.record(z.string().regex(/^[a-z]+$/), z.string().regex(/^[A-Za-z0-9._-]+$/)).optional(),
  /** npm packages installed globally before the run, name to version range: `{ 'aws-cdk': '^2' }`. */
  packages: z.record(npmPackageName, npmVersion).optional(),
  /** What pip installs into the run's virtual environment: `['requests>=2', 'boto3']`. */
  pythonModules: z.array(pipSpecifier).optional(),
  /** Python tools that pipx installs, each apart from the run's virtual environment: `['black', 'poetry']`. */
  pipxModules: z.array(pipSpecifier).optional(),
  /**
   * What installs requirements, local projects and modules of Python; uv is installed where the image has none.
   * @default pip, and uv for a local project with a `uv.lock`, which makes the environment from it
   */
  pythonInstaller: z.enum(PYTHON_INSTALLERS).optional(),
  /** URL of an index that pip uses in place of PyPI, such as `https://mirror.example.com/pypi/simple`. */
  pypiMirror: mirrorUrl.optional(),
  /** URL of a registry that npm uses in place of its public one. */
  npmMirror: mirrorUrl.optional(),
  /** Commands of the install phase, after the runtimes and packages. */
  installCommands: commands.optional(),
  /** Commands of the pre_build phase. */
  preBuildCommands: commands.optional(),
  /** Commands of the build phase, right before the target. */
  preExecutionCommands: commands.optional(),
  /** Commands of the build phase, right after the target. */
  buildCommands: commands.optional(),
  /** Commands of the post_build phase, which runs also when the target failed. */
  postBuildCommands: commands.optional(),
  /** Variables of the build. */
  environment: z
    .record(environmentVariableNameSchema, environmentVariableSchema)
    .refine(
      (variables) =>
        Object.entries(variables).reduce((sum, [name, { value }]) => sum + name.length + value.length, 0) <=
        ENVIRONMENT_MAX_CHARACTERS,
      `names and values together are at most ${ENVIRONMENT_MAX_CHARACTERS} characters; pass larger values as arguments`,
    )
    .optional(),
  /** Names of the variables whose values come back with the outcome. */
  exportedVariables: z.array(exportedVariableNameSchema).optional(),
  /** Whether a failed install or pre_build phase ends the build (`on-failure: ABORT`). @default true */
  abortPhasesOnFailure: z.boolean().optional(),
  /**
   * Folder that the target and the commands of all phases start in, relative to the bundle's root.
   * @default the bundle's root
   */
  workingDirectory: z
    .string()
    .min(1)
    .max(1024)
    .refine(
      isInsideBundle,
      'not a folder inside the bundle; give a path that is relative to its root, such as app or app/infra',
    )
    .optional(),
};

/** How the build of one run is made. Every field is optional; CodeBuild's project has the values left out. */
export const buildOptionsSchema = z.strictObject(buildFields).superRefine((build, context) => {
  (build.exportedVariables ?? []).forEach((name, index) => {
    const type = build.environment?.[name]?.type ?? 'PLAINTEXT';
    if (type === 'PLAINTEXT') return;
    context.addIssue({
      code: 'custom',
      path: ['exportedVariables', index],
      message: `${name} is a secret (${type}) and would be readable in the run's record; export what is not secret under a name of its own`,
    });
  });
});
export type BuildOptions = z.infer<typeof buildOptionsSchema>;
