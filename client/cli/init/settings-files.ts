import path from 'node:path';

import type { ExampleForm } from './example-files.js';
import type { Project } from './find-project.js';
import type { CiService, Language } from './init-flags.js';
import type { ConfigPlan } from './plan-config.js';
import { COMMANDS, scriptCommand } from './package-managers.js';
import { readTemplate, templatePath, type PlannedFile } from './planned-file.js';

/** What the files beside the example depend on. */
export interface Settings {
  readonly language: Language;
  readonly seedkit: string;
  readonly ci: CiService;
  /** Version of this package. */
  readonly version: string;
  readonly config: ConfigPlan;
  /** Name of the script in `package.json` that runs the test. */
  readonly testScript: string;
}

const INSTALL = 'python3 -m venv /tmp/pytest && . /tmp/pytest/bin/activate && pip install pytest';

/** Commands that install pytest. The image of the job for GitLab is a Debian, whose Python has no `venv` at first. */
const INSTALL_PYTEST: Readonly<Record<Exclude<CiService, 'none'>, string>> = {
  github: INSTALL,
  gitlab: `apt-get update && apt-get install -y python3-venv && ${INSTALL}`,
};

/**
 * Returns `tsconfig.json` and the file for continuous integration, as far as the project needs them.
 */
export async function settingsFiles(
  project: Project,
  form: ExampleForm,
  settings: Settings,
): Promise<PlannedFile[]> {
  const { folder } = project;
  const files: PlannedFile[] = [];
  if (settings.language === 'typescript') {
    files.push({
      file: path.join(folder, 'tsconfig.json'),
      contents: (await readTemplate('init/tsconfig.template.json')).replace(
        'codeseeder.config.ts',
        form.config[1],
      ),
      advice: `set "module": "nodenext", or another value with which TypeScript reads "exports" of packages, and include ${form.source[1]} and ${form.config[1]}`,
    });
  }
  return settings.ci === 'none' ? files : [...files, await ciFile(project, form, settings, settings.ci)];
}

async function ciFile(
  project: Project,
  form: ExampleForm,
  { language, seedkit, version, testScript, config }: Settings,
  ci: Exclude<CiService, 'none'>,
): Promise<PlannedFile> {
  const { folder, repository, packageManager } = project;
  const template = `init/ci/${ci}.yml`;
  const below = path.relative(repository, folder).split(path.sep).join('/') || '.';
  const test = scriptCommand(packageManager, testScript);
  const isPython = language === 'python';
  // Tests in Python do not start a local AWS themselves.
  const local = `eval "$(${COMMANDS[packageManager].execute} codeseeder local up ${seedkit} --detach)"`;
  const start = project.pythonTests === 'pytest' ? `${INSTALL_PYTEST[ci]} && ${local}` : local;
  const values: Readonly<Record<string, string>> = {
    FOLDER: JSON.stringify(below),
    INSTALL: COMMANDS[packageManager].installInCi,
    // Without the config that `init` writes, the job names the seedkit and the options itself.
    ENVIRONMENT: 'aws',
    OPTIONS: `'{"localModules":{"hello":"./hello"}}'`,
    TARGET: isPython ? 'hello:hello' : `${form.source[1]}#hello`,
    TEST: isPython ? `${start} && ${test}` : test,
    VERSION: version,
  };
  const text = (await readTemplate(template))
    .replace(below === '.' ? /^(defaults:\n +run:\n)?.*(?<![A-Z_])FOLDER\n+/gm : '', '')
    .replace(isPython && !config.applies ? '' : /^.* OPTIONS\n/m, '')
    .replace(config.applies ? /^.* my-kit\n/m : /^( +env:\n)?.* ENVIRONMENT\n/m, '')
    .replaceAll('my-kit', seedkit)
    .replace(
      /(?<![A-Z_])(ENVIRONMENT|FOLDER|INSTALL|OPTIONS|TARGET|TEST|VERSION)(?![A-Z_])/g,
      (name) => values[name] ?? name,
    );
  const job = ci === 'gitlab' ? await readTemplate('gitlab-ci/codeseeder.gitlab-ci.yml') : '';
  const name = ci === 'github' ? '.github/workflows/codeseeder.yml' : '.gitlab-ci.yml';
  return {
    file: path.join(repository, name),
    contents: job === '' ? text : `${text}\n${job}`,
    advice: `add the jobs of \`${await templatePath(template)}\``,
  };
}
