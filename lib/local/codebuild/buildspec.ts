import { parse } from 'yaml';
import { z } from 'zod';

import { nestingOf } from '../wire/text-nesting.js';
import { PhaseFailure } from './phase-failure.js';

/** The phases whose commands a buildspec defines. */
export const SHELL_PHASES = ['install', 'pre_build', 'build', 'post_build'] as const;
export type ShellPhase = (typeof SHELL_PHASES)[number];

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const commands = z
  .union([z.string(), z.array(z.string({ error: 'is not a string: put a command with ": " in quotes' }))])
  .nullish()
  .transform((value) => (typeof value === 'string' ? [value] : (value ?? [])));
const isNo = z.union([z.literal('no'), z.literal('false'), z.literal(false)]);
const isYesOrNo = z
  .union([isNo, z.literal('yes'), z.literal('true'), z.literal(true)])
  .transform((value) => value === true || value === 'yes' || value === 'true');
const runAs = z.string().min(1).optional();

/** Schema of an object whose values are strings. A key without a value in YAML is read as an empty object. */
function textsOf<Value extends z.ZodType<string>>(value: Value) {
  return z
    .record(z.string(), value)
    .nullish()
    .transform((texts) => texts ?? {});
}

const phase = z.strictObject({
  'run-as': runAs,
  'on-failure': z.enum(['ABORT', 'CONTINUE']).optional(),
  'runtime-versions': textsOf(text),
  commands,
  finally: commands,
});
export type BuildspecPhase = z.output<typeof phase>;

const paths = z.union([z.string(), z.array(z.string())]).transform((each) => [each].flat());
const artifactMembers = {
  files: paths,
  'exclude-paths': paths.default([]),
  'base-directory': z.string().default('.'),
  /** Name of the artifact. The shell replaces variables in it. */
  name: z.string().optional(),
  /** Whether all files are stored in one folder, without the folders of their paths. */
  'discard-paths': isYesOrNo.default(false),
  'enable-symlinks': isNo.optional(),
};
const secondaryArtifacts = z.strictObject(artifactMembers);
export type BuildspecArtifacts = z.output<typeof secondaryArtifacts>;

/** Keys that are accepted but have no effect, each with the reason that the log states. */
const WITHOUT_EFFECT = {
  batch: 'a build runs alone',
  proxy: 'artifacts and logs stay on this machine',
  reports: 'no test report is made',
} as const;
const settings = z.record(z.string(), z.unknown()).nullish();

/** @see https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html#build-spec.cache */
const FALLBACK_KEYS_MAX = 5;
const cache = z
  .strictObject({
    key: z.string().min(1).optional(),
    'fallback-keys': z.array(z.string().min(1)).max(FALLBACK_KEYS_MAX).nullish(),
    action: z.enum(['restore', 'save']).optional(),
    paths,
  })
  .transform(({ key, 'fallback-keys': fallbackKeys, action, paths }) => ({
    key,
    fallbackKeys: fallbackKeys ?? [],
    action,
    paths,
  }));
export type BuildspecCache = z.output<typeof cache>;

const buildspecSchema = z.strictObject({
  'run-as': runAs,
  batch: settings,
  cache: cache.nullish(),
  proxy: settings,
  reports: settings,
  version: z.union([z.literal(0.2), z.literal('0.2')], {
    error: 'the local AWS runs buildspec version 0.2 only',
  }),
  env: z.preprocess(
    (env) => env ?? {},
    z.strictObject({
      shell: z.literal('bash', { error: 'the local AWS has the shell bash only' }).optional(),
      variables: textsOf(text),
      'parameter-store': textsOf(z.string()),
      'secrets-manager': textsOf(z.string()),
      'exported-variables': z
        .array(z.string())
        .nullish()
        .transform((names) => names ?? []),
      'git-credential-helper': isNo.optional(),
    }),
  ),
  phases: z.strictObject({
    install: phase.nullish(),
    pre_build: phase.nullish(),
    build: phase.nullish(),
    post_build: phase.nullish(),
  }),
  artifacts: z
    .strictObject({
      ...artifactMembers,
      'secondary-artifacts': z.record(z.string(), secondaryArtifacts).nullish(),
    })
    .nullish(),
});

export interface Buildspec {
  readonly variables: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly exportedVariables: readonly string[];
  readonly runtimeVersions: Readonly<Record<string, string>>;
  readonly phases: Written['phases'];
  readonly artifacts?: BuildspecArtifacts | undefined;
  /** Settings of the S3 cache. They apply only if the build has one. */
  readonly cache?: BuildspecCache | undefined;
  /** Secondary artifacts by artifact identifier. */
  readonly secondaryArtifacts: Readonly<Record<string, BuildspecArtifacts>>;
  /** Values of `run-as` in the buildspec and its phases. */
  readonly users: readonly string[];
  /** Lines for the log about keys that have no effect here. */
  readonly notes: readonly string[];
}

/**
 * Parses a buildspec in YAML or JSON.
 * @throws PhaseFailure `YAML_FILE_ERROR` with the path of the invalid or unsupported key
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
 */
export function parseBuildspec(source: string): Buildspec {
  const read = buildspecSchema.safeParse(readYaml(source));
  if (!read.success) {
    const problems = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new PhaseFailure('YAML_FILE_ERROR', `The buildspec cannot be used: ${problems.join('; ')}`);
  }
  const { env, phases, artifacts } = read.data;
  return {
    variables: env.variables,
    parameters: env['parameter-store'],
    secrets: env['secrets-manager'],
    exportedVariables: env['exported-variables'],
    runtimeVersions: phases.install?.['runtime-versions'] ?? {},
    phases,
    artifacts: artifacts ?? undefined,
    cache: read.data.cache ?? undefined,
    secondaryArtifacts: artifacts?.['secondary-artifacts'] ?? {},
    users: usersOf(read.data),
    notes: Object.entries(WITHOUT_EFFECT).flatMap(([key, reason]) =>
      read.data[key as keyof typeof WITHOUT_EFFECT]
        ? [`The buildspec's ${key} has no effect in the local AWS: ${reason}`]
        : [],
    ),
  };
}

type Written = z.output<typeof buildspecSchema>;

function usersOf(written: Written): readonly string[] {
  const named = [written, ...SHELL_PHASES.map((name) => written.phases[name])].map(
    (part) => part?.['run-as'],
  );
  return [...new Set(named.filter((user) => user !== undefined))];
}

/**
 * Returns whether the `buildspec` of a project or request is the text of the buildspec, and not a path in the source.
 */
export function isInlineBuildspec(buildspec: string): boolean {
  return buildspec.includes('\n') || /^\s*[{]/.test(buildspec) || /^\s*version\s*:/.test(buildspec);
}

/**
 * Maximum nesting depth of the text. A valid buildspec has a depth of four, but brackets in commands are counted, too.
 */
const NESTING_MAX = 300;

function readYaml(source: string): unknown {
  if (nestingOf(source) > NESTING_MAX) {
    throw new PhaseFailure(
      'YAML_FILE_ERROR',
      `The buildspec cannot be used: it is nested deeper than ${NESTING_MAX} levels`,
    );
  }
  try {
    return parse(source) as unknown;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new PhaseFailure('YAML_FILE_ERROR', `Unable to parse YAML file: ${message}`, { cause: error });
  }
}
