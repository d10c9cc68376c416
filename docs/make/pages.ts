/** Makes the reference pages, by file name. */
import { SEEDKIT_CONTEXT_NAMES, SEEDKIT_OUTPUTS, seedkitNames } from '../../lib/contract/index.js';
import { accessPage } from './access-page.js';
import { cliPage } from './cli-page.js';
import { CONTRACT_FILES, failuresPage, limitsPage, recordPage } from './contract-pages.js';
import { exportsOf, inferredTypes, literalMembers, loadProgram, type Declaration } from './declarations.js';
import { iamPage } from './iam-page.js';
import { code, page, table } from './markdown.js';
import { outputPage } from './output-page.js';
import { OUTPUT_TYPES } from './output-schema.js';
import { described, DocGaps, memberTable, sections } from './type-pages.js';

const CLIENT = 'client/index.ts';
const CONFIG = 'client/config/define-config.ts';
const CONSTRUCTS = 'lib/cdk.ts';
const LOCAL = 'lib/local/index.ts';
const TESTING = 'client/testing/index.ts';
const BUILD_OPTIONS = 'lib/contract/build-options.ts';
const CONTEXT = 'lib/contract/seedkit-context.ts';

/** Exports of the client on each page, in the order of the page. */
const RUN_OPTIONS = [
  'RunOptions',
  'RemoteFunctionOptions',
  'CallOptions',
  'PythonCallOptions',
  'SeedkitOptions',
  'SeedkitDefaults',
  'LookupOptions',
  'ListRunsOptions',
  'WaitOptions',
  'AgainOptions',
  'ReleaseLockOptions',
  'PublishOptions',
  'StartTargetOptions',
  'LockMode',
  'MapOptions',
  'MapWaitOptions',
  'MapAgainOptions',
  'ListMapsOptions',
];
const AWS_OPTIONS = ['AwsSession', 'AwsOptions', 'AssumedRole', 'AwsCredentials'];
const DEPLOYMENT = [
  'deploySeedkit',
  'destroySeedkit',
  'seedkitDeployed',
  'deployModules',
  'SeedkitSettings',
  'DeployOptions',
  'DestroyOptions',
  'SeedkitDeploymentOptions',
  'SeedkitDeployment',
  'DeployResult',
  'DestroyResult',
  'KeyDeletion',
  'DeployEvent',
  'DeployListener',
  'DeployModulesOptions',
  'LocalModules',
  'DeployModulesResult',
  'DeployedModule',
  'ModuleKind',
  'ModuleEvent',
  'ModuleListener',
  'StackFailedError',
  'FailedResource',
];
/** Types of the contract, which are on pages of their own. */
const ELSEWHERE = [
  'BuildOptions',
  'EnvironmentVariable',
  'MapRecord',
  'MapStatus',
  'RunFailure',
  'RunRecord',
  'RunStatus',
  'TargetState',
  'TargetVersion',
  'TerminalStatus',
];
const CODES = ['ErrorCode', 'FAILURES', 'FailureCode', 'OPERATION_FAILURES', 'CodeseederError'];

const PAGES: readonly (readonly [file: string, contents: string])[] = [
  ['options.md', 'options of runs and of builds, and how a kit finds AWS'],
  ['client.md', '`seedkit()`, remote functions, handles of runs, progress, errors'],
  ['config.md', '`codeseeder.config.ts`: the defaults of the command line'],
  ['deployment.md', 'deploying seedkits and packages from code'],
  ['constructs.md', 'the CDK constructs, the CDK app’s context, outputs and names'],
  ['local.md', '`codeseeder/local`: a local AWS from code'],
  ['testing.md', '`codeseeder/testing`: a seedkit for the tests of your project'],
  ['cli.md', 'every command and flag, and exit codes'],
  ['output.md', 'what `--json` and `--ndjson` print, for every command'],
  ['record-and-event.md', 'a run’s record and the events on the bus'],
  ['failures.md', 'failure codes: meaning and what to do'],
  ['limits.md', 'limits and margins'],
  ['access.md', 'who can do what, evaluated over the policies'],
  ['iam.md', 'every policy statement, and the resources of a seedkit'],
];

/** Loads the sources whose docstrings are in the generated files. */
export function referenceProgram(): ReturnType<typeof loadProgram> {
  const entries = [CLIENT, CONFIG, CONSTRUCTS, LOCAL, TESTING, BUILD_OPTIONS, CONTEXT, OUTPUT_TYPES];
  return loadProgram([...entries, ...CONTRACT_FILES]);
}

/**
 * Makes every reference page.
 *
 * @returns Markdown by file name, before formatting
 * @throws Error naming each public member whose docstring lacks its text, unit or default
 */
export function referencePages(program: ReturnType<typeof loadProgram>): ReadonlyMap<string, string> {
  const client = exportsOf(program, CLIENT);
  const gaps = new DocGaps();
  const types = inferredTypes(program, 'lib/contract/index.ts', 'BuildOptions');
  const buildOptions = literalMembers(program, BUILD_OPTIONS, 'buildFields').map((member) => ({
    ...member,
    ...types.get(member.name),
    doc: {
      ...member.doc,
      default: member.doc.default ?? buildDefault(member.name, types.get(member.name)?.type),
    },
  }));
  const pages = new Map([
    [
      'options.md',
      page(
        'Options',
        'Options can be set for a kit, a function and a call. Lists are appended to each other, and maps are merged. Of single values, that of the call has priority, then that of the function. On the command line, `--options FILE.json` reads options with the same names.',
        '## BuildOptions',
        'How the build of a run is made: the option `build`.',
        memberTable('BuildOptions', buildOptions, gaps),
        ...sections(client, [...RUN_OPTIONS, ...AWS_OPTIONS], gaps),
      ),
    ],
    ['client.md', clientPage(client, gaps)],
    ['config.md', configPage(program, gaps)],
    ['deployment.md', page('Deployment', ...sections(client, DEPLOYMENT, gaps))],
    ['constructs.md', constructsPage(program, gaps)],
    ['local.md', localPage(program, gaps)],
    ['testing.md', testingPage(program, gaps)],
    ['cli.md', cliPage()],
    ['output.md', outputPage(program, gaps)],
    ['record-and-event.md', recordPage(program, gaps)],
    ['failures.md', failuresPage()],
    ['limits.md', limitsPage(program, gaps)],
    ['access.md', accessPage()],
    ['iam.md', iamPage()],
    [
      'README.md',
      page(
        'Reference',
        'Made from the code by `npm run docs`.',
        PAGES.map(([file, contents]) => `- [${file.replace('.md', '')}](${file}): ${contents}`).join('\n'),
      ),
    ],
  ]);
  gaps.refuse();
  return pages;
}

/** Returns the default of a build option: none for lists and maps, otherwise the value of the build project. */
function buildDefault(name: string, type = ''): string {
  if (name === 'runtimeVersions') return 'the image’s own';
  if (name.endsWith('Mirror')) return 'the public one';
  return /\[\]$|^Record/.test(type) ? 'none' : 'the build project’s';
}

function clientPage(client: ReadonlyMap<string, Declaration>, gaps: DocGaps): string {
  const others = new Set([...RUN_OPTIONS, ...AWS_OPTIONS, ...DEPLOYMENT, ...ELSEWHERE, ...CODES]);
  const names = [...client.keys()].filter((name) => !others.has(name));
  return page(
    'Client',
    'What `codeseeder` exports beside [options](options.md) and [deployment](deployment.md).',
    ...sections(client, names, gaps),
    '## CodeseederError',
    'Every error that the client throws. `code` is one of the [failure codes](failures.md), `message` names the value received and the likely fix, `cause` is the error behind it. `FAILURES` and `OPERATION_FAILURES` have each code’s meaning and fix.',
  );
}

function constructsPage(program: ReturnType<typeof loadProgram>, gaps: DocGaps): string {
  const constructs = exportsOf(program, CONSTRUCTS);
  const names = [...constructs.keys()].filter((name) => !['AllowList', 'BuildVpc'].includes(name));
  let before = '';
  const context = literalMembers(program, CONTEXT, 'CONTEXT')
    .filter(({ name }) => (SEEDKIT_CONTEXT_NAMES as readonly string[]).includes(name))
    .map(({ name, doc }) => {
      const text = doc.text === '' ? `See ${code(before)}.` : described(doc);
      if (doc.text !== '') before = name;
      return [code(name), text];
    });
  return page(
    'Constructs',
    'What `codeseeder/cdk` exports.',
    ...sections(constructs, names, gaps),
    '## AllowList',
    'What requests may name beyond the seedkit’s own: lists `roles`, `projects`, `fleets`, `secrets` (ARNs of secrets and parameters), `images`, and `privileged`, a boolean. An entry is a whole name, or ends in `*` and allows every name that starts with the text before it.',
    '## Context of the CDK app',
    'The app of this package reads these from `cdk synth -c NAME=VALUE`, each as text:',
    table(['Context', 'Meaning'], context),
    '## Outputs',
    'Each output of the stack, and the name of its export for the seedkit `my-kit`:',
    table(
      ['Output', 'Export'],
      Object.entries(SEEDKIT_OUTPUTS).map(([output, suffix]) => [
        code(output),
        code(`codeseeder-my-kit-${suffix}`),
      ]),
    ),
    '## Names',
    'Names of resources of the seedkit `my-kit`:',
    table(['Resource', 'Name'], resourceNames()),
  );
}

function resourceNames(): string[][] {
  const named: Readonly<Record<string, (seedkit: string, ...rest: never[]) => string>> = seedkitNames;
  const more: Record<string, string[]> = {
    handler: ['<handler>'],
    alarm: ['<alarm>'],
    bucket: ['<account>', '<deploy id>'],
    keyAlias: ['<deploy id>'],
    role: ['<region>'],
    resourcesPolicy: ['<region>'],
    publisherPolicy: ['<region>'],
    schedulerPolicy: ['<region>'],
    targetPolicy: ['<region>'],
    debuggerPolicy: ['<region>'],
    schedulerRole: ['<region>'],
    clientPolicy: ['<region>'],
    dashboard: ['<region>'],
  };
  return Object.entries(named).map(([resource, name]) => {
    const rest = more[resource] ?? [];
    if (name.length !== rest.length + 1)
      throw new Error(`The docs do not show all parts of the name of ${resource}`);
    return [code(resource), code(name('my-kit', ...(rest as never[])))];
  });
}

function configPage(program: ReturnType<typeof loadProgram>, gaps: DocGaps): string {
  const config = exportsOf(program, CONFIG);
  return page(
    'Config',
    'What `codeseeder/config` exports. The [guide](../guide.md#config) says where a config is found, and what overrides it.',
    ...sections(config, [...config.keys()], gaps),
  );
}

function localPage(program: ReturnType<typeof loadProgram>, gaps: DocGaps): string {
  const local = exportsOf(program, LOCAL);
  return page(
    'Local AWS from code',
    'What `codeseeder/local` exports.',
    ...sections(local, [...local.keys()], gaps),
  );
}

function testingPage(program: ReturnType<typeof loadProgram>, gaps: DocGaps): string {
  const testing = exportsOf(program, TESTING);
  return page(
    'Seedkits for tests',
    'What `codeseeder/testing` exports. [Guide](../guide.md#tests)',
    ...sections(testing, [...testing.keys()], gaps),
  );
}
