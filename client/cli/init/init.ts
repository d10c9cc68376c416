import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { parseSeedkitName } from '../../../lib/contract/index.js';
import { projectRootOf } from '../../bundle/files/project-root.js';
import { UsageError } from '../exit-code.js';
import type { Terminal } from '../terminal.js';
import { exampleFiles, formOf } from './example-files.js';
import { findProject, type Project } from './find-project.js';
import { findPythonCode, type PythonCode } from './find-python-code.js';
import { findPythonFunction } from './find-python-function.js';
import { type CiService, LANGUAGES, type InitFlags, type Language } from './init-flags.js';
import { COMMANDS, scriptCommand } from './package-managers.js';
import { planConfig } from './plan-config.js';
import { planGitignore } from './plan-gitignore.js';
import { planManifest, type OwnPackage } from './plan-manifest.js';
import type { PlannedFile } from './planned-file.js';
import { type CodeOptions, type PresentConfig, readPresentConfig, seedkitIn } from './present-config.js';
import { printInit } from './print-init.js';
import { settingsFiles } from './settings-files.js';
import { writePlan, type FileToWrite } from './write-plan.js';
import { readIfExists } from './read-if-exists.js';

const DEFAULT_SEEDKIT = 'my-kit';

/** Writes an example function, its test and the settings to run it, and prints the commands to run next. */
export async function init(folder: string | undefined, flags: InitFlags, terminal: Terminal): Promise<void> {
  const given = flags.seedkit === undefined ? undefined : parseSeedkitName(flags.seedkit);
  const project = await findProject(path.resolve(terminal.workingFolder, folder ?? '.'), terminal);
  const language = flags.language ?? (await chooseLanguage(project, flags, terminal));
  const present = await readPresentConfig(project);
  const seedkit = given ?? (present && seedkitIn(present)) ?? DEFAULT_SEEDKIT;
  const ci = flags.ci ?? project.defaultCi;
  const { plan, ...shown } = await planProject(project, present, { language, seedkit, ci });
  const { writes, left, config, found } = plan;
  if (flags.dryRun !== true) await writePlan(writes);
  const relative = (file: string) => path.relative(project.folder, file);
  printInit(
    {
      folder: project.folder,
      language,
      written: writes.filter(({ former }) => former === undefined).map(({ file }) => relative(file)),
      changed: writes.filter(({ former }) => former !== undefined).map(({ file }) => relative(file)),
      left,
      included: config.code && found && { ...config.code, leftOut: found.leftOut },
      next: nextCommands(project, seedkit, terminal, shown.words),
    },
    {
      ...flags,
      test: scriptCommand(project.packageManager, shown.testScript),
      stop: `${COMMANDS[project.packageManager].execute} codeseeder local down ${seedkit}`,
      config: relative(config.file),
      hasAccount: config.applies,
      own: shown.own && `${COMMANDS[project.packageManager].execute} codeseeder run ${shown.own}`,
    },
    terminal,
  );
}

/** Decides what to write into a project, and what to leave to the user. */
async function planProject(
  project: Project,
  present: PresentConfig | undefined,
  { language, seedkit, ci }: { language: Language; seedkit: string; ci: CiService },
) {
  const form = formOf(project, language);
  const own = await readOwnPackage();
  const manifest = planManifest(project, form, { language, seedkit, own });
  const { testScript } = manifest;
  const { source, test } = await exampleFiles(project, form, seedkit);
  const found = language === 'python' ? await findPythonCode(project.folder) : undefined;
  const code = found && withExample(found, source);
  const config = await planConfig(project, form, present, { seedkit, code });
  const settings = await settingsFiles(project, form, {
    ...{ language, seedkit, ci, version: own.version, testScript, config },
  });
  const { files, left } = await splitPlanned(source, test, settings);
  const hasExample = config.code?.localModules['hello'] !== undefined;
  const writes: FileToWrite[] = [
    ...manifestToWrite(project, manifest.text),
    ...files,
    ...(config.write === undefined ? [] : [config.write]),
    ...(await planGitignore(project, language)),
  ];
  return {
    plan: {
      found,
      config,
      writes,
      left: [
        ...manifest.left.map((advice) => ({ file: 'package.json', advice })),
        ...left.map(({ file, hidden = file, advice }) => ({
          file: path.relative(project.folder, hidden),
          advice,
        })),
        ...config.left,
      ],
    },
    testScript,
    words: left.includes(source) ? undefined : runWords(language, form.source[1], hasExample),
    own: await ownFunction(project, config.code && found),
  };
}

/** Finds a function of the project's own among the code that a config includes, as MODULE:FUNCTION. */
function ownFunction({ folder }: Project, code: PythonCode | undefined): Promise<string | undefined> {
  const { hello: _example, ...localModules } = code?.localModules ?? {};
  return findPythonFunction(folder, localModules);
}

/** Returns the code that a config includes: the example, unless a module has its name, and that of the project. */
function withExample({ localModules, requirementsFiles }: PythonCode, { hidden }: PlannedFile): CodeOptions {
  const example = hidden === undefined ? { hello: './hello' } : {};
  return { localModules: { ...example, ...localModules }, requirementsFiles };
}

async function chooseLanguage(
  { defaultLanguage }: Project,
  { yes }: InitFlags,
  { stdin, stderr, environment, interrupted }: Terminal,
): Promise<Language> {
  const asks = stdin.isTTY === true && stderr.isTTY === true && !environment['CI'] && yes !== true;
  if (!asks) return defaultLanguage;
  const lines = createInterface({ input: stdin, output: stderr });
  try {
    const question = `Language: ${LANGUAGES.join(', ')} [${defaultLanguage}]: `;
    const answer = (await lines.question(question, { signal: interrupted })).trim().toLowerCase();
    const found = answer === '' ? defaultLanguage : LANGUAGES.find((language) => language.startsWith(answer));
    if (found !== undefined) return found;
    throw new UsageError(
      `The answer ${JSON.stringify(answer)} is none of ${LANGUAGES.join(', ')}. Nothing was written.`,
    );
  } finally {
    lines.close();
  }
}

/** Separates files that can be written from those whose place is taken. A test is not written without its function. */
async function splitPlanned(
  source: PlannedFile,
  test: PlannedFile,
  settings: readonly PlannedFile[],
): Promise<{ files: PlannedFile[]; left: PlannedFile[] }> {
  const files: PlannedFile[] = [];
  const left: PlannedFile[] = [];
  for (const planned of [source, test, ...settings]) {
    const present = planned.hidden ?? (await readIfExists(planned.file));
    if (present === planned.contents || (planned === test && left.includes(source))) continue;
    (present === undefined ? files : left).push(planned);
  }
  return { files, left };
}

function manifestToWrite({ folder, manifestText }: Project, contents: string): FileToWrite[] {
  if (contents === manifestText) return [];
  return [{ file: path.join(folder, 'package.json'), contents, former: manifestText }];
}

async function readOwnPackage(): Promise<OwnPackage> {
  const folder = await projectRootOf(fileURLToPath(import.meta.url));
  return JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as OwnPackage;
}

function runWords(language: Language, source: string, isInConfig: boolean): string {
  if (language === 'python')
    return `hello:hello '"world"'${isInConfig ? '' : ' --local-module hello=./hello'}`;
  return `'${source}#hello' '"world"'`;
}

function nextCommands(
  { folder, packageManager }: Project,
  seedkit: string,
  { workingFolder }: Terminal,
  words = `-- 'echo "Hello from $CODESEEDER_RUN_ID"'`,
): string[] {
  const { install, execute } = COMMANDS[packageManager];
  const below = path.relative(workingFolder, folder);
  return [
    ...(below === ''
      ? []
      : [`cd ${/^[\w./-]+$/.test(below) ? below : `'${below.replaceAll("'", `'\\''`)}'`}`]),
    install,
    `eval "$(${execute} codeseeder local up ${seedkit} --detach)"`,
    `${execute} codeseeder run ${words}`,
  ];
}
