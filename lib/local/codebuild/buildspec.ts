import { parse } from 'yaml';
import { z } from 'zod';

import { nestingOf } from '../wire/text-nesting.js';
import { PhaseFailure } from './phase-failure.js';

/** The phases that a buildspec gives commands for. */
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

const phase = z.strictObject({
  'run-as': runAs,
  'on-failure': z.enum(['ABORT', 'CONTINUE']).optional(),
  'runtime-versions': z.record(z.string(), text).nullish(),
  commands,
  finally: commands,
});

const artifactMembers = {
  files: z.union([z.string(), z.array(z.string())]).transform((files) => [files].flat()),
  'exclude-paths': z
    .union([z.string(), z.array(z.string())])
    .transform((paths) => [paths].flat())
    .optional(),
  'base-directory': z.string().optional(),
  name: z.string().optional(),
  'discard-paths': isYesOrNo.optional(),
  'enable-symlinks': isNo.optional(),
};

/** Keys that are accepted and have no effect, with what the log says about each. */
const WITHOUT_EFFECT = {
  batch: 'a build runs alone',
  cache: 'nothing is kept for the next build',
  proxy: 'artifacts and logs stay on this machine',
  reports: 'no test report is made',
} as const;
const settings = z.record(z.string(), z.unknown()).nullish();

const buildspecSchema = z.strictObject({
  'run-as': runAs,
  batch: settings,
  cache: settings,
  proxy: settings,
  reports: settings,
  version: z.union([z.literal(0.2), z.literal('0.2')], {
    error: 'the local AWS runs buildspec version 0.2 only',
  }),
  env: z
    .strictObject({
      shell: z.literal('bash', { error: 'the local AWS has the shell bash only' }).optional(),
      variables: z.record(z.string(), text).nullish(),
      'parameter-store': z.record(z.string(), z.string()).nullish(),
      'secrets-manager': z.record(z.string(), z.string()).nullish(),
      'exported-variables': z.array(z.string()).nullish(),
      'git-credential-helper': isNo.optional(),
    })
    .nullish(),
  phases: z.strictObject({
    install: phase.nullish(),
    pre_build: phase.nullish(),
    build: phase.nullish(),
    post_build: phase.nullish(),
  }),
  artifacts: z
    .strictObject({
      ...artifactMembers,
      'secondary-artifacts': z.record(z.string(), z.strictObject(artifactMembers)).nullish(),
    })
    .nullish(),
});

export interface BuildspecPhase {
  readonly commands: readonly string[];
  readonly finally: readonly string[];
  readonly onFailure?: 'ABORT' | 'CONTINUE' | undefined;
}

export interface BuildspecArtifacts {
  readonly files: readonly string[];
  readonly excludePaths: readonly string[];
  readonly baseDirectory?: string | undefined;
  /** Whether all files are stored in one folder, by their names alone. */
  readonly discardsPaths: boolean;
  /** Name of the artifact, in the language of the shell. */
  readonly name?: string | undefined;
}

export interface Buildspec {
  readonly variables: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly exportedVariables: readonly string[];
  readonly runtimeVersions: Readonly<Record<string, string>>;
  readonly phases: Readonly<Partial<Record<ShellPhase, BuildspecPhase>>>;
  readonly artifacts?: BuildspecArtifacts | undefined;
  /** By artifact identifier. */
  readonly secondaryArtifacts: Readonly<Record<string, BuildspecArtifacts>>;
  /** Users that the buildspec or its phases name for their commands. */
  readonly users: readonly string[];
  /** Lines for the log about keys that have no effect here. */
  readonly notes: readonly string[];
}

/**
 * Reads a buildspec in YAML or JSON.
 * @throws PhaseFailure `YAML_FILE_ERROR` with the path of what is wrong or not known here
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
    ...readEnvironment(env ?? {}),
    runtimeVersions: phases.install?.['runtime-versions'] ?? {},
    phases: readPhases(phases),
    artifacts: artifacts ? readArtifacts(artifacts) : undefined,
    secondaryArtifacts: Object.fromEntries(
      Object.entries(artifacts?.['secondary-artifacts'] ?? {}).map(([id, each]) => [id, readArtifacts(each)]),
    ),
    users: usersOf(read.data),
    notes: Object.entries(WITHOUT_EFFECT).flatMap(([key, reason]) =>
      read.data[key as keyof typeof WITHOUT_EFFECT]
        ? [`The buildspec's ${key} has no effect in the local AWS: ${reason}`]
        : [],
    ),
  };
}

type Written = z.output<typeof buildspecSchema>;

function readEnvironment(env: NonNullable<Written['env']>) {
  return {
    variables: env.variables ?? {},
    parameters: env['parameter-store'] ?? {},
    secrets: env['secrets-manager'] ?? {},
    exportedVariables: env['exported-variables'] ?? [],
  };
}

function usersOf(written: Written): readonly string[] {
  const named = [written, ...SHELL_PHASES.map((name) => written.phases[name])].map(
    (part) => part?.['run-as'],
  );
  return [...new Set(named.filter((user) => user !== undefined))];
}

function readArtifacts(
  artifacts: Omit<NonNullable<Written['artifacts']>, 'secondary-artifacts'>,
): BuildspecArtifacts {
  return {
    files: artifacts.files,
    excludePaths: artifacts['exclude-paths'] ?? [],
    baseDirectory: artifacts['base-directory'],
    discardsPaths: artifacts['discard-paths'] ?? false,
    name: artifacts.name,
  };
}

function readPhases(phases: Written['phases']): Buildspec['phases'] {
  const read: Partial<Record<ShellPhase, BuildspecPhase>> = {};
  for (const name of SHELL_PHASES) {
    const phase = phases[name];
    if (!phase) continue;
    read[name] = { commands: phase.commands, finally: phase.finally, onFailure: phase['on-failure'] };
  }
  return read;
}

/** Whether a project's or request's buildspec is the text itself rather than a path in the source. */
export function isInlineBuildspec(buildspec: string): boolean {
  return buildspec.includes('\n') || /^\s*[{]/.test(buildspec) || /^\s*version\s*:/.test(buildspec);
}

/** A buildspec itself nests four deep. Brackets in the texts of commands count, too. */
const NESTING_MAX = 300;

function readYaml(source: string): unknown {
  if (nestingOf(source) > NESTING_MAX) {
    throw new PhaseFailure(
      'YAML_FILE_ERROR',
      `The buildspec cannot be used: it is nested over ${NESTING_MAX} deep`,
    );
  }
  try {
    return parse(source) as unknown;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new PhaseFailure('YAML_FILE_ERROR', `Unable to parse YAML file: ${message}`, { cause: error });
  }
}
