import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { z } from 'zod';

import { LocalAwsError } from '../local-aws-error.js';
import { parseJsonWith, parseWith } from '../parse.js';
import type { PlaceNames } from '../place-context.js';
import type { FileAsset } from './asset-catalogue.js';
import { parseSub } from './sub-expression.js';

/** A stack of a cloud assembly, as `cdk synth` writes it. */
export interface AssemblyStack {
  readonly stackName: string;
  readonly templateText: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

export interface Assembly {
  /** The stacks, each after the stacks on which it depends. */
  readonly stacks: readonly AssemblyStack[];
  readonly assets: readonly FileAsset[];
}

const artifactSchema = z.object({
  type: z.string(),
  dependencies: z.array(z.string()).default([]),
  properties: z.record(z.string(), z.unknown()).default({}),
});
type Artifact = z.infer<typeof artifactSchema>;

const manifestSchema = z.object({ artifacts: z.record(z.string(), artifactSchema).default({}) });

const stackPropertiesSchema = z.object({
  templateFile: z.string(),
  stackName: z.string().optional(),
  parameters: z.record(z.string(), z.string()).default({}),
  tags: z.record(z.string(), z.string()).default({}),
});

const assetManifestSchema = z.object({
  files: z
    .record(
      z.string(),
      z.object({
        source: z.object({ path: z.string().optional(), executable: z.array(z.string()).optional() }),
        destinations: z.record(z.string(), z.object({ bucketName: z.string(), objectKey: z.string() })),
      }),
    )
    .default({}),
  dockerImages: z.record(z.string(), z.unknown()).default({}),
});

/**
 * Reads the cloud assembly in a folder, including the nested assemblies of its stages.
 *
 * @throws LocalAwsError `AssemblyUnreadable` when a file is missing, `InvalidRequest` when a manifest is not valid,
 *   `UnsupportedTemplate` for container images
 */
export async function readAssembly(folder: string, place: PlaceNames): Promise<Assembly> {
  const manifest = await readPart(folder, 'manifest.json', manifestSchema);
  const parts: Assembly[] = [];
  for (const [name, artifact] of inOrder(manifest.artifacts)) {
    parts.push(await readArtifact(folder, name, artifact, place));
  }
  return {
    stacks: parts.flatMap((part) => part.stacks),
    assets: parts.flatMap((part) => part.assets),
  };
}

async function readArtifact(
  folder: string,
  name: string,
  { type, properties }: Artifact,
  place: PlaceNames,
): Promise<Assembly> {
  switch (type) {
    case 'aws:cloudformation:stack':
      return { stacks: [await readStack(folder, name, properties)], assets: [] };
    case 'cdk:asset-manifest':
      return { stacks: [], assets: await readAssets(folder, String(properties['file']), place) };
    case 'cdk:cloud-assembly':
      return readAssembly(join(folder, String(properties['directoryName'])), place);
    default:
      return { stacks: [], assets: [] };
  }
}

async function readStack(folder: string, name: string, properties: object): Promise<AssemblyStack> {
  const { templateFile, stackName, parameters, tags } = parseWith(
    stackPropertiesSchema,
    properties,
    `assembly's stack ${name}`,
  );
  return {
    stackName: stackName ?? name,
    templateText: await readText(join(folder, templateFile)),
    parameters,
    tags,
  };
}

async function readAssets(folder: string, file: string, place: PlaceNames): Promise<readonly FileAsset[]> {
  const { files, dockerImages } = await readPart(folder, file, assetManifestSchema);
  const images = Object.keys(dockerImages);
  if (images.length > 0) {
    throw new LocalAwsError(
      'UnsupportedTemplate',
      `The assembly's ${file} uses the container images ${images.join(', ')}, and the local AWS has no container images. Remove them from the stack.`,
    );
  }
  return Object.values(files).flatMap(({ source, destinations }) =>
    source.path === undefined
      ? []
      : Object.values(destinations).map(({ bucketName, objectKey }) => ({
          bucket: fillIn(bucketName, place),
          key: fillIn(objectKey, place),
          path: resolve(folder, source.path ?? ''),
        })),
  );
}

function fillIn(text: string, { account, region, partition }: PlaceNames): string {
  const values: Readonly<Record<string, string>> = {
    'AWS::AccountId': account,
    'AWS::Region': region,
    'AWS::Partition': partition,
  };
  return parseSub(text)
    .map((part) => ('text' in part ? part.text : (values[part.name] ?? `\${${part.name}}`)))
    .join('');
}

/** Sorts artifacts so that each one follows its dependencies. */
function inOrder(artifacts: Readonly<Record<string, Artifact>>): readonly (readonly [string, Artifact])[] {
  const ordered = new Map<string, Artifact>();
  const seen = new Set<string>();
  function visit(name: string): void {
    const artifact = artifacts[name];
    if (artifact === undefined || seen.has(name)) return;
    seen.add(name);
    artifact.dependencies.forEach(visit);
    ordered.set(name, artifact);
  }
  Object.keys(artifacts).forEach(visit);
  return [...ordered];
}

async function readPart<Schema extends z.ZodType>(
  folder: string,
  file: string,
  schema: Schema,
): Promise<z.output<Schema>> {
  return parseJsonWith(schema, await readText(join(folder, file)), `assembly's ${file}`);
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new LocalAwsError(
      'AssemblyUnreadable',
      `The cloud assembly has no file ${path}. Create the assembly with \`npx cdk synth\` first.`,
      { cause },
    );
  }
}
