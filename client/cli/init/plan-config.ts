import path from 'node:path';

import { definedOnly } from '../../../lib/contract/index.js';
import { namesIn } from '../completion/known-names.js';
import type { LeftFile } from '../output-types.js';
import { linesToAdd } from './config-lines.js';
import type { ExampleForm } from './example-files.js';
import type { Project } from './find-project.js';
import { indentationOf, isJsonObject, jsonOf } from './json-text.js';
import { readTemplate } from './planned-file.js';
import type { CodeOptions, PresentConfig, WantedConfig } from './present-config.js';
import type { FileToWrite } from './write-plan.js';

/** The config of a project. */
export interface ConfigPlan {
  /** Path of the config. */
  readonly file: string;
  /** What is written to it; undefined if it stays as it is. */
  readonly write: FileToWrite | undefined;
  /** What to add to it by hand. */
  readonly left: readonly LeftFile[];
  /** Whether commands then find the seedkit, the environment `aws` and the code in it. */
  readonly applies: boolean;
  /** The Python code in it; undefined for another language, and if code is to be added by hand. */
  readonly code: CodeOptions | undefined;
}

/**
 * Plans `codeseeder.config.*`. What is missing in a config in JSON is added to it, as to `package.json`. To one with
 * code, or above the folder, it is to be added by hand.
 */
export async function planConfig(
  { folder }: Project,
  { config: [template, name] }: ExampleForm,
  present: PresentConfig | undefined,
  wanted: WantedConfig,
): Promise<ConfigPlan> {
  if (present === undefined) {
    const contents = withCode(
      (await readTemplate(template)).replaceAll('my-kit', wanted.seedkit),
      wanted.code,
    );
    const file = path.join(folder, name);
    return { file, write: { file, contents }, left: [], applies: true, code: wanted.code };
  }
  const isOwn = path.dirname(present.file) === path.resolve(folder);
  const merged = isOwn && present.file.endsWith('.json') ? merge(present.text, wanted) : undefined;
  return merged === undefined ? planByHand(folder, present, wanted) : planMerged(present, merged, wanted);
}

function withCode(template: string, code: CodeOptions | undefined): string {
  if (code === undefined) return template;
  const { options: _, ...content } = JSON.parse(template) as Record<string, unknown>;
  const { $schema, seedkit, ...others } = content;
  return jsonOf({ $schema, seedkit, options: optionsOf(code), ...others }, '  ');
}

function optionsOf({ localModules, requirementsFiles }: CodeOptions): Record<string, unknown> {
  return Object.keys(requirementsFiles).length === 0 ? { localModules } : { localModules, requirementsFiles };
}

/** Adds what is missing to a config in JSON. Returns undefined if it is not an object, or its options are not. */
function merge(text: string, { seedkit, code }: WantedConfig): Record<string, unknown> | undefined {
  const content = parseObject(text);
  if (content === undefined) return undefined;
  const { environments = { local: { local: true }, aws: {} } } = content;
  const missing = { seedkit: namesIn(text).seedkits.length > 0 ? undefined : seedkit };
  const named = { ...content, ...definedOnly(missing), environments };
  if (code === undefined) return named;
  const { options = {} } = content;
  if (!isJsonObject(options)) return undefined;
  const { localModules = {}, requirementsFiles } = options;
  if (!isJsonObject(localModules) || !isJsonObject(requirementsFiles ?? {})) return undefined;
  return {
    ...named,
    options: {
      ...options,
      ...optionsOf({
        localModules: { ...localModules, ...code.localModules, ...localModules } as Paths,
        requirementsFiles: (requirementsFiles ?? code.requirementsFiles) as Paths,
      }),
    },
  };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const content: unknown = JSON.parse(text);
    return isJsonObject(content) ? content : undefined;
  } catch {
    return undefined;
  }
}

type Paths = CodeOptions['localModules'];

function planMerged(
  { file, text }: PresentConfig,
  merged: Record<string, unknown>,
  { seedkit, code }: WantedConfig,
): ConfigPlan {
  const contents = jsonOf(merged, indentationOf(text));
  const isSame = JSON.stringify(JSON.parse(text)) === JSON.stringify(merged);
  const { environments, options } = merged;
  const { seedkits } = namesIn(contents);
  return {
    file,
    write: isSame ? undefined : { file, contents, former: text },
    left: seedkits.includes(seedkit) ? [] : [otherSeedkit(path.basename(file), seedkits, seedkit)],
    applies: merged['seedkit'] === seedkit && isJsonObject(environments) && 'aws' in environments,
    code: code && codeIn(options as Partial<CodeOptions>),
  };
}

function codeIn({ localModules = {}, requirementsFiles = {} }: Partial<CodeOptions>): CodeOptions {
  return { localModules, requirementsFiles };
}

function otherSeedkit(file: string, seedkits: readonly string[], seedkit: string): LeftFile {
  return {
    file,
    advice: `it names the seedkit ${seedkits.join(' and ')}, but the example uses ${seedkit}; to use that of the config, run this again with \`--seedkit ${seedkits[0]}\``,
  };
}

/** Plans what to add by hand to a config with code, or to one that is not the project's own. */
function planByHand(folder: string, present: PresentConfig, wanted: WantedConfig): ConfigPlan {
  const { file, text } = present;
  const left = linesToAdd(present, folder, wanted).map(({ place, lines }) => ({
    file: path.relative(folder, file),
    advice: `add these lines to ${place}`,
    lines,
  }));
  const { environments } = namesIn(text);
  const isComplete = left.length === 0;
  return {
    file,
    write: undefined,
    left,
    applies: isComplete && environments.includes('aws'),
    code: isComplete ? wanted.code : undefined,
  };
}
