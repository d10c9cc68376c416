import { HANDLERS } from '../../lib/contract/index.js';
import {
  at,
  BUCKET,
  BUILD_ARN,
  BUILD_LOG,
  BUS,
  BUS_DEAD_LETTERS,
  DEAD_LETTERS,
  EXECUTION,
  handlerArn,
  KEY,
  LOCKS,
  MACHINE,
  MAP_CHILD,
  MAP_EXECUTION,
  MAP_MACHINE,
  PROJECT,
  ruleArn,
  SCHEDULE,
  SCHEDULER_ROLE,
  TABLE,
} from './account.js';
import type { Call, Context } from './policy-evaluator.js';
import type { PrincipalName } from './principals.js';

/** A row of the access matrix: calls that the same principals may make. */
export interface AccessRow {
  readonly what: string;
  readonly calls: readonly Call[];
  /** The principals that may make all of these calls. Any other principal may make none of them. */
  readonly by: readonly PrincipalName[];
}

const row = (what: string, by: readonly PrincipalName[], ...calls: Call[]): AccessRow => ({
  what,
  calls,
  by,
});
const on = (resource: string, ...actions: string[]): Call[] =>
  actions.map((action) => ({ action, resource }));
const when = (context: Context, ...calls: Call[]): Call[] => calls.map((call) => ({ ...call, context }));
const object = (key: string) => `${BUCKET}/${key}`;

const NEW: Context = {
  's3:if-none-match': '*',
  's3:ObjectCreationOperation': 'true',
};
const OVERWRITE: Context = { 's3:ObjectCreationOperation': 'true' };
const PART: Context = { 's3:ObjectCreationOperation': 'false' };
const LAYER = object('bundles/a.zip');
const INPUT = object('runs/run/input/invocation.json');
const PROGRAMS = ['place-layers.sh', 'cache.sh', 'registry-logins.mjs', 'registry-logins.pyz'].map((name) =>
  object(`runs/run/input/${name}`),
);
/**
 * Objects that do not belong to the run. In some keys a further folder follows the run's id, because the `*` of a
 * pattern also matches slashes.
 */
const OTHERS_OF_RUN = [
  'other',
  'input/other.sh',
  'input/folder/input/invocation.json',
  'input/folder/input/place-layers.sh',
  'input/folder/trigger.json',
].map((name) => object(`runs/run/${name}`));
const TRIGGER = object('runs/run/trigger.json');
const OUTPUT = object(`outputs/${BUILD_ARN}/result.json`);
const OTHER_OUTPUT = object(`outputs/${at('codebuild', 'build/codeseeder-demo:another')}/result.json`);
const CACHE = object('cache/commands/codeseeder-demo/copy');
const REQUEST = object('inbox/a.request.json');
const START = object('inbox/targets/nightly-deploy/a.request.json');
const OTHER_START = object('inbox/targets/nightly-deploy-2/a.request.json');
const TARGET = object('published/targets/nightly-deploy.json');
const PUBLISHED_LAYER = object('published/layers/nightly-deploy/0f1e/a.zip');
const DEFINITION = object('published/definitions/nightly-deploy/0f1e.json');
const MAP_FILES = ['map.json', 'inputs.jsonl', 'cancel.json'].map((name) => object(`maps/map/${name}`));
const [MAP = '', MAP_INPUTS = '', MAP_CANCEL = ''] = MAP_FILES;
const MAP_CHILDREN = object('maps/map/children/0f1e/SUCCEEDED_0.json');
const PYTHON_BUNDLE = object('codeseeder/abcdefgh/bundle.zip');
const put = (context: Context, ...resources: string[]): Call[] =>
  when(context, ...resources.flatMap((resource) => on(resource, 's3:PutObject')));
const get = (...resources: string[]): Call[] => resources.flatMap((resource) => on(resource, 's3:GetObject'));
const list = (prefix: string): Call[] => when({ 's3:prefix': prefix }, ...on(BUCKET, 's3:ListBucket'));

const LISTING = [
  'Client',
  'Reader',
  'Releaser',
  'Publisher',
  'start-run',
  'start-target',
  'prepare-run',
  'collect-outcome',
  'reconcile-run',
  'drive-map',
] as const;

const OBJECTS: readonly AccessRow[] = [
  row('Create a layer', ['Client', 'Publisher', 'prepare-run'], ...put(NEW, LAYER)),
  row('Upload parts of a layer', ['Client', 'Publisher', 'prepare-run'], ...put(PART, LAYER)),
  row(
    'Give up an upload in parts',
    ['Client', 'Publisher', 'prepare-run'],
    ...on(LAYER, 's3:AbortMultipartUpload'),
  ),
  row(
    'Give up the copy of a layer of a version',
    ['Publisher'],
    ...on(PUBLISHED_LAYER, 's3:AbortMultipartUpload'),
  ),
  row('Replace a layer', [], ...put(OVERWRITE, LAYER)),
  row('Delete a layer that differs', ['prepare-run', 'collect-outcome'], ...on(LAYER, 's3:DeleteObject')),
  row(
    'Read a layer',
    ['Client', 'Reader', 'Releaser', 'Publisher', 'Build', 'prepare-run', 'collect-outcome'],
    ...get(LAYER),
  ),
  row(
    'Create the input of a run',
    ['Client', 'start-run', 'start-target', 'prepare-run', 'drive-map'],
    ...put(NEW, INPUT),
  ),
  row('Create the programs of a run', ['prepare-run'], ...put(NEW, ...PROGRAMS)),
  row('Create any other object of a run', [], ...put(NEW, ...OTHERS_OF_RUN), ...put(PART, ...OTHERS_OF_RUN)),
  row('Replace the input or a program of a run', [], ...put(OVERWRITE, INPUT, ...PROGRAMS)),
  row(
    'Read the input of a run',
    ['Client', 'Reader', 'Releaser', 'Build', 'start-run', 'start-target', 'prepare-run', 'drive-map'],
    ...get(INPUT),
  ),
  row('Note what triggered a run', ['start-run', 'start-target', 'drive-map'], ...put(NEW, TRIGGER)),
  row('Change what triggered a run', [], ...put(OVERWRITE, TRIGGER)),
  row(
    'Read what triggered a run',
    ['start-run', 'start-target', 'prepare-run', 'collect-outcome', 'reconcile-run', 'drive-map'],
    ...get(TRIGGER),
  ),
  row('Write the output of one’s own build', ['Build'], ...put(OVERWRITE, OUTPUT), ...put(PART, OUTPUT)),
  row('Write the output of another build', [], ...put(OVERWRITE, OTHER_OUTPUT), ...put(NEW, OTHER_OUTPUT)),
  row(
    'Read an output',
    ['Client', 'Reader', 'Releaser', 'collect-outcome', 'start-target'],
    ...get(OUTPUT, OTHER_OUTPUT),
  ),
  row('Put a request into the inbox', ['Inbox'], ...put(OVERWRITE, REQUEST), ...put(NEW, REQUEST)),
  row('Read a request of the inbox', ['start-run'], ...get(REQUEST, START)),
  row(
    'Put a start of one target into the inbox',
    ['Inbox', 'Starter', 'Planner', 'Inbox of a target'],
    ...put(OVERWRITE, START),
    ...put(NEW, START),
  ),
  row(
    'Put a start of another target into the inbox',
    ['Inbox', 'Starter', 'Planner'],
    ...put(NEW, OTHER_START),
  ),
  row(
    'Publish a version: its layers and what it runs',
    ['Publisher'],
    ...put(NEW, PUBLISHED_LAYER, DEFINITION),
    ...put(PART, PUBLISHED_LAYER),
  ),
  row('Replace the layers of a version or what it runs', [], ...put(OVERWRITE, PUBLISHED_LAYER, DEFINITION)),
  row(
    'Delete the layers of a version and what it runs',
    ['Publisher'],
    ...[PUBLISHED_LAYER, DEFINITION].flatMap((resource) => on(resource, 's3:DeleteObject')),
  ),
  row('Change the versions and aliases of a target', ['Publisher'], ...put(OVERWRITE, TARGET)),
  row('Delete the list of versions of a target', [], ...on(TARGET, 's3:DeleteObject')),
  row(
    'Read the versions and aliases of a target',
    ['Client', 'Reader', 'Releaser', 'Publisher', 'Starter', 'Planner', 'start-run', 'start-target'],
    ...get(TARGET),
  ),
  row('Read what a version runs', ['Publisher', 'start-run', 'start-target'], ...get(DEFINITION)),
  row('Read the layers of a version', ['Publisher', 'Build', 'prepare-run'], ...get(PUBLISHED_LAYER)),
  row(
    'Create what a map runs, its inputs, or the note that cancels it',
    ['Client'],
    ...put(NEW, ...MAP_FILES),
  ),
  row(
    'Replace what a map runs, its inputs, or the note that cancels it',
    [],
    ...put(OVERWRITE, ...MAP_FILES),
  ),
  row('Read what a map runs', ['Client', 'Reader', 'Releaser', 'reconcile-run', 'drive-map'], ...get(MAP)),
  row('Read the note that cancels a map', ['Client', 'Reader', 'Releaser', 'drive-map'], ...get(MAP_CANCEL)),
  row('Read the inputs of a map', ['Client', 'Reader', 'Releaser', 'map machine'], ...get(MAP_INPUTS)),
  row(
    'Write the list of the children of a map',
    ['map machine'],
    ...put(OVERWRITE, MAP_CHILDREN),
    ...on(MAP_CHILDREN, 's3:ListMultipartUploadParts', 's3:AbortMultipartUpload'),
  ),
  row(
    'Read the list of the children of a map',
    ['Client', 'Reader', 'Releaser', 'map machine'],
    ...get(MAP_CHILDREN),
  ),
  // All builds have one role. Caches are kept apart by their namespace, not by a policy.
  row(
    'Read and replace the cache of any build',
    ['Build'],
    ...put(OVERWRITE, CACHE),
    ...put(PART, CACHE),
    ...get(CACHE),
  ),
  row('List the caches of builds', ['Build', ...LISTING], ...list('cache/')),
  row('Put a bundle of the Python client', [], ...put(OVERWRITE, PYTHON_BUNDLE)),
  row('Read a bundle of the Python client', ['Build'], ...get(PYTHON_BUNDLE)),
  row(
    'Read a version of an object',
    ['Build'],
    ...[LAYER, INPUT, CACHE, PYTHON_BUNDLE].flatMap((resource) => on(resource, 's3:GetObjectVersion')),
  ),
  row('List layers or one run’s input', ['Build', ...LISTING], ...list('bundles/'), ...list('runs/r/input/')),
  row('List bundles of the Python client', ['Build', ...LISTING], ...list('codeseeder/')),
  row('List targets', [...LISTING, 'Starter', 'Planner'], ...list('published/targets/')),
  row('List runs, outputs or all objects', [...LISTING], ...['', 'runs/', 'outputs/'].flatMap(list)),
  row('Find the bucket', ['Build'], ...on(BUCKET, 's3:GetBucketLocation', 's3:GetBucketAcl')),
  row(
    'Delete an input, an output or a request',
    [],
    ...[INPUT, TRIGGER, OUTPUT, CACHE, REQUEST].flatMap((resource) => on(resource, 's3:DeleteObject')),
  ),
  row('Change the bucket', [], ...on(BUCKET, 's3:PutBucketPolicy', 's3:PutLifecycleConfiguration')),
  row(
    'Reach the bucket without TLS',
    [],
    ...when({ 'aws:SecureTransport': 'false' }, ...get(LAYER), ...on(BUCKET, 's3:ListBucket')),
  ),
];

const ofRuns = (action: string): Call[] => when({ 'dynamodb:LeadingKeys': ['run'] }, ...on(TABLE, action));
const ofMaps = (action: string): Call[] => when({ 'dynamodb:LeadingKeys': ['map:1'] }, ...on(TABLE, action));

const RUNS: readonly AccessRow[] = [
  row(
    'Start a run',
    ['Client', 'start-run', 'start-target', 'map machine'],
    ...on(MACHINE, 'states:StartExecution'),
  ),
  row(
    'Cancel a run',
    ['Client', 'reconcile-run', 'state machine', 'map machine'],
    ...on(EXECUTION, 'states:StopExecution'),
  ),
  row(
    'See the state of a run',
    ['Client', 'Reader', 'Releaser', 'start-run', 'start-target', 'reconcile-run', 'map machine'],
    ...on(EXECUTION, 'states:DescribeExecution'),
  ),
  row(
    'Read the history of a run',
    ['Client', 'Reader', 'Releaser'],
    ...on(EXECUTION, 'states:GetExecutionHistory'),
  ),
  row(
    "Read the definition of a run's state machine",
    ['Client', 'Reader', 'Releaser'],
    ...on(EXECUTION, 'states:DescribeStateMachineForExecution'),
  ),
  row(
    'List runs',
    ['Client', 'Reader', 'Releaser', 'reconcile-run'],
    ...on(MACHINE, 'states:ListExecutions'),
  ),
  row(
    'End a wait for a build or a lock',
    ['Releaser', 'await-lock', 'poll-build', 'wake-run', 'collect-outcome', 'reconcile-run'],
    ...on(MACHINE, 'states:SendTaskSuccess'),
  ),
  row(
    'End a wait with a failure',
    ['await-lock', 'poll-build', 'reconcile-run'],
    ...on(MACHINE, 'states:SendTaskFailure'),
  ),
  row('Start a map', ['Client', 'map machine'], ...on(MAP_MACHINE, 'states:StartExecution')),
  row('Cancel a map', ['Client', 'map machine'], ...on(MAP_EXECUTION, 'states:StopExecution')),
  row(
    'See the state of a map',
    ['Client', 'Reader', 'Releaser', 'reconcile-run', 'map machine'],
    ...on(MAP_EXECUTION, 'states:DescribeExecution'),
  ),
  row(
    'Read the history of a map',
    ['Client', 'Reader', 'Releaser'],
    ...on(MAP_EXECUTION, 'states:GetExecutionHistory'),
  ),
  row(
    "Read the definition of a map's state machine",
    ['Client', 'Reader', 'Releaser'],
    ...on(MAP_EXECUTION, 'states:DescribeStateMachineForExecution'),
  ),
  row(
    'See or stop the child executions of a map',
    ['map machine'],
    ...on(MAP_CHILD, 'states:DescribeExecution', 'states:StopExecution'),
  ),
  row(
    'Notice the ends of runs by the rule that Step Functions manages',
    ['map machine'],
    ...on(
      at('events', 'rule/StepFunctionsGetEventsForStepFunctionsExecutionRule'),
      'events:PutTargets',
      'events:PutRule',
      'events:DescribeRule',
    ),
  ),
  row('Change the rules of the seedkit', [], ...on(ruleArn('inbox'), 'events:PutTargets', 'events:PutRule')),
  row(
    'Change the state machines',
    [],
    ...on(MAP_MACHINE, 'states:UpdateStateMachine', 'states:DeleteStateMachine'),
    ...on(MACHINE, 'states:UpdateStateMachine', 'states:DeleteStateMachine'),
  ),
  row(
    'Reach runs of a seedkit whose name starts alike',
    ['client of another seedkit'],
    ...on(`${MACHINE}-2`, 'states:StartExecution'),
    ...on(at('states', 'execution:codeseeder-demo-2:run'), 'states:StopExecution'),
  ),
  row('Create the record of a run', ['state machine'], ...ofRuns('dynamodb:PutItem')),
  row('Create the record of a map', ['state machine', 'map machine'], ...ofMaps('dynamodb:PutItem')),
  row(
    'Change the record of a run',
    ['start-build', 'await-lock', 'poll-build', 'wake-run', 'reconcile-run', 'state machine'],
    ...ofRuns('dynamodb:UpdateItem'),
  ),
  row(
    'Change the record and the progress of a map',
    [
      'start-build',
      'await-lock',
      'poll-build',
      'wake-run',
      'reconcile-run',
      'state machine',
      'map machine',
      'drive-map',
    ],
    ...ofMaps('dynamodb:UpdateItem'),
  ),
  row(
    'Read the record of a run',
    [
      'Client',
      'Reader',
      'Releaser',
      'start-target',
      'start-build',
      'await-lock',
      'wake-run',
      'collect-outcome',
      'reconcile-run',
      'map machine',
    ],
    ...ofRuns('dynamodb:GetItem'),
  ),
  row(
    'Read the records of many runs',
    ['Client', 'Reader', 'Releaser', 'reconcile-run'],
    ...ofRuns('dynamodb:BatchGetItem'),
  ),
  row(
    'Read the record of a map',
    [
      'Client',
      'Reader',
      'Releaser',
      'start-target',
      'start-build',
      'await-lock',
      'wake-run',
      'collect-outcome',
      'reconcile-run',
      'map machine',
      'drive-map',
    ],
    ...ofMaps('dynamodb:GetItem'),
  ),
  row(
    'Read the progress of a map',
    ['Client', 'Reader', 'Releaser', 'reconcile-run', 'drive-map'],
    ...ofMaps('dynamodb:BatchGetItem'),
  ),
  row(
    'Find runs by day',
    ['Client', 'Reader', 'Releaser', 'reconcile-run'],
    ...on(`${TABLE}/index/byDay`, 'dynamodb:Query'),
  ),
  row(
    'Find runs by facet',
    ['Client', 'Reader', 'Releaser', 'reconcile-run'],
    ...on(`${TABLE}/index/byFacet`, 'dynamodb:Query'),
  ),
  row(
    'Make entries that find runs',
    ['prepare-run', 'collect-outcome', 'reconcile-run'],
    ...when({ 'dynamodb:LeadingKeys': ['find#a', 'find#b'] }, ...on(TABLE, 'dynamodb:BatchWriteItem')),
  ),
  row(
    'Put or delete records in a batch',
    [],
    ...when({ 'dynamodb:LeadingKeys': ['run-1'] }, ...on(TABLE, 'dynamodb:BatchWriteItem')),
    ...when({ 'dynamodb:LeadingKeys': ['find#a', 'run-1'] }, ...on(TABLE, 'dynamodb:BatchWriteItem')),
  ),
  row('Find the run of a build', ['wake-run'], ...on(`${TABLE}/index/byBuild`, 'dynamodb:Query')),
  row('Delete records or the table', [], ...on(TABLE, 'dynamodb:DeleteItem', 'dynamodb:DeleteTable')),
  row(
    'See who holds a lock',
    [
      'Client',
      'Reader',
      'Releaser',
      'start-build',
      'await-lock',
      'wake-run',
      'collect-outcome',
      'reconcile-run',
    ],
    ...on(LOCKS, 'dynamodb:GetItem'),
  ),
  row('List locks', ['Client', 'Reader', 'Releaser', 'reconcile-run'], ...on(LOCKS, 'dynamodb:Scan')),
  row(
    'Take, release or hand over a lock',
    ['Releaser', 'start-build', 'await-lock', 'wake-run', 'collect-outcome', 'reconcile-run'],
    ...on(LOCKS, 'dynamodb:UpdateItem'),
  ),
  row(
    'Put or delete locks, or delete their table',
    [],
    ...on(LOCKS, 'dynamodb:PutItem', 'dynamodb:DeleteItem', 'dynamodb:DeleteTable'),
  ),
  row(
    'Find the seedkit',
    ['Client', 'Reader', 'Releaser', 'Publisher', 'Starter', 'Planner'],
    ...on(at('cloudformation', 'stack/aws-codeseeder-demo/0f1e'), 'cloudformation:DescribeStacks'),
  ),
];

const ALLOWED_PROJECTS = ['project/windows', 'project/other-1'].map((name) => at('codebuild', name));
const PROJECTS = [PROJECT, ...ALLOWED_PROJECTS];
const IMAGE = 'codebuild:environment.image';
const FLEET = 'codebuild:environment.fleet.fleetArn';
const start = (context: Context) =>
  when(context, ...PROJECTS.flatMap((arn) => on(arn, 'codebuild:StartBuild')));
const pass = (role: string, service: string): Call[] =>
  when({ 'iam:PassedToService': service }, ...on(`arn:aws:iam::123456789012:role/${role}`, 'iam:PassRole'));

const secret = (...names: string[]): Call[] =>
  names.flatMap((name) => on(at('secretsmanager', `secret:${name}`), 'secretsmanager:GetSecretValue'));
const parameter = (name: string): Call[] => on(at('ssm', `parameter/${name}`), 'ssm:GetParameters');

const TASK = 'arn:aws:ecs:eu-central-1:999999999999:task/cluster/0f1e';
const DEBUG_SESSIONS: readonly AccessRow[] = [
  row(
    'Open a shell in a build that has a debug session',
    ['Debugger'],
    ...PROJECTS.flatMap((arn) => on(`${arn.replace(':project/', ':build/')}:0f1e`, 'ssm:StartSession')),
    ...on(TASK, 'ssm:StartSession'),
  ),
  row(
    'Open the channel of a session, with its token',
    ['Debugger', 'Build', 'build of another seedkit'],
    ...on(at('ssm', 'session/someone-0f1e'), 'ssmmessages:OpenDataChannel'),
  ),
  row('Open a shell on an EC2 instance', [], ...on(at('ec2', 'instance/i-0f1e'), 'ssm:StartSession')),
  row(
    'Resume or end a session of its own',
    ['Debugger'],
    ...when(
      { 'aws:userid': 'AROA0F1E:someone' },
      ...on(at('ssm', 'session/AROA0F1E:someone-0f1e'), 'ssm:ResumeSession', 'ssm:TerminateSession'),
    ),
  ),
  row(
    'Connect a build with Session Manager',
    ['Build', 'build of another seedkit'],
    ...on(
      '*',
      'ssmmessages:CreateControlChannel',
      'ssmmessages:CreateDataChannel',
      'ssmmessages:OpenControlChannel',
      'ssmmessages:OpenDataChannel',
    ),
  ),
];
const BUILDS: readonly AccessRow[] = [
  row('Start a build', ['start-build'], ...start({}), ...start({ [IMAGE]: 'node:24' })),
  row('Start a build with another image', [], ...start({ [IMAGE]: 'evil/image' })),
  row('Start a build on another fleet', [], ...start({ [FLEET]: 'arn:aws:codebuild:us-east-1:1:fleet/x:1' })),
  row('Start a build of another project', [], ...on(at('codebuild', 'project/prod'), 'codebuild:StartBuild')),
  row(
    'Look at a build',
    ['start-build', 'poll-build', 'wake-run', 'collect-outcome', 'reconcile-run', 'Releaser', 'Debugger'],
    ...PROJECTS.flatMap((arn) => on(arn, 'codebuild:BatchGetBuilds')),
  ),
  ...DEBUG_SESSIONS,
  row(
    'Stop a build',
    ['start-build', 'collect-outcome', 'reconcile-run'],
    ...PROJECTS.flatMap((arn) => on(arn, 'codebuild:StopBuild')),
  ),
  row(
    'List builds',
    ['start-build', 'reconcile-run'],
    ...PROJECTS.flatMap((arn) => on(arn, 'codebuild:ListBuildsForProject')),
  ),
  row('Change the project', [], ...on(PROJECT, 'codebuild:UpdateProject', 'codebuild:DeleteProject')),
  row(
    'Give a build a role of `allow`',
    ['start-build'],
    ...pass('deployer', 'codebuild.amazonaws.com'),
    ...pass('team-a', 'codebuild.amazonaws.com'),
  ),
  row(
    'Give a build another role, or a role to another service',
    [],
    ...pass('admin', 'codebuild.amazonaws.com'),
    ...pass('deployer', 'lambda.amazonaws.com'),
  ),
  row(
    'Read a secret or parameter below `codeseeder/<seedkit>/`',
    ['Build'],
    ...secret('codeseeder/demo/token-AbCdEf'),
    ...parameter('codeseeder/demo/token'),
  ),
  row(
    'Read a secret that the seedkit or `allow` names',
    ['Build', 'build of another seedkit'],
    ...secret('team-docker-credentials-AbCdEf', 'team-mirror-credentials-AbCdEf', 'npm-AbCdEf'),
    ...parameter('team/token'),
  ),
  row(
    'Read another secret',
    [],
    ...secret('prod-AbCdEf', 'other-docker-credentials-AbCdEf', 'team-docker-credentials-2-AbCdEf'),
    ...parameter('prod/token'),
  ),
  row(
    'Pull an image of `allow`',
    ['Build', 'build of another seedkit'],
    ...on(
      at('ecr', 'repository/tools'),
      'ecr:BatchCheckLayerAvailability',
      'ecr:BatchGetImage',
      'ecr:GetDownloadUrlForLayer',
    ),
    ...on('*', 'ecr:GetAuthorizationToken'),
  ),
  row(
    'Install packages of the seedkit',
    ['Build'],
    ...on(at('codeartifact', 'domain/aws-codeseeder-demo'), 'codeartifact:GetAuthorizationToken'),
    ...on(
      at('codeartifact', 'repository/aws-codeseeder-demo/python-repository'),
      'codeartifact:GetRepositoryEndpoint',
      'codeartifact:ReadFromRepository',
    ),
  ),
  row(
    'Get a token of CodeArtifact',
    ['Build', 'build of another seedkit'],
    ...when({ 'sts:AWSServiceName': 'codeartifact.amazonaws.com' }, ...on('*', 'sts:GetServiceBearerToken')),
  ),
  row(
    'Publish or delete packages',
    [],
    ...on(
      at('codeartifact', 'package/aws-codeseeder-demo/python-repository/pypi//a'),
      'codeartifact:PublishPackageVersion',
      'codeartifact:DeletePackageVersions',
    ),
  ),
  row(
    'Join the network of builds',
    ['Build', 'build of another seedkit'],
    ...on(
      '*',
      'ec2:DescribeDhcpOptions',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSecurityGroups',
      'ec2:DescribeSubnets',
      'ec2:DescribeVpcs',
    ),
    ...['network-interface/*', 'subnet/subnet-11111111', 'security-group/sg-11111111'].flatMap((name) =>
      on(at('ec2', name), 'ec2:CreateNetworkInterface'),
    ),
    ...on(at('ec2', 'network-interface/eni-1'), 'ec2:DeleteNetworkInterface'),
    ...when(
      {
        'ec2:AuthorizedService': 'codebuild.amazonaws.com',
        'ec2:Subnet': at('ec2', 'subnet/subnet-11111111'),
      },
      ...on(at('ec2', 'network-interface/eni-1'), 'ec2:CreateNetworkInterfacePermission'),
    ),
  ),
  row('Join another subnet', [], ...on(at('ec2', 'subnet/subnet-2'), 'ec2:CreateNetworkInterface')),
];

const source = (...sources: string[]): Context => ({
  'events:source': sources,
});
const from = (rule: string): Context => ({ 'aws:SourceArn': ruleArn(rule) });
const RULES_OF: Readonly<Record<string, readonly string[]>> = {
  'start-run': ['run-requested', 'inbox', 'schedule-nightly'],
  'wake-run': ['build-ended', 'build-phase'],
  'reconcile-run': ['execution-ended', 'reconcile'],
};
const rulesWithDeadLetters = [...(RULES_OF['start-run'] ?? []), ...(RULES_OF['reconcile-run'] ?? [])];
const INVOKED = ['prepare-run', 'start-build', 'await-lock', 'poll-build', 'collect-outcome'];

const EVENTS: readonly AccessRow[] = [
  row(
    'Request a run by an event',
    ['Bus', 'start-run', 'start-target', 'reconcile-run', 'state machine', 'map machine'],
    ...when(source('my.app'), ...on(BUS, 'events:PutEvents')),
  ),
  row(
    'Announce a run or a map',
    ['start-run', 'start-target', 'reconcile-run', 'state machine', 'map machine'],
    ...when(source('codeseeder'), ...on(BUS, 'events:PutEvents')),
    ...when(source('my.app', 'codeseeder'), ...on(BUS, 'events:PutEvents')),
  ),
  row(
    'Call a handler by a rule of the seedkit',
    ['EventBridge'],
    ...Object.entries(RULES_OF).flatMap(([handler, rules]) =>
      rules.flatMap((rule) => when(from(rule), ...on(handlerArn(handler), 'lambda:InvokeFunction'))),
    ),
  ),
  row(
    'Call a handler by another rule',
    [],
    ...[...Object.keys(RULES_OF), 'adopt-log-group'].flatMap((handler) =>
      when(from('forged'), ...on(handlerArn(handler), 'lambda:InvokeFunction')),
    ),
  ),
  row(
    'Call a handler of the state machine',
    ['state machine'],
    ...INVOKED.flatMap((handler) => [
      ...on(handlerArn(handler), 'lambda:InvokeFunction'),
      ...on(`${handlerArn(handler)}:1`, 'lambda:InvokeFunction'),
    ]),
  ),
  row('Call the handler of maps', ['map machine'], ...on(handlerArn('drive-map'), 'lambda:InvokeFunction')),
  row(
    'Start published targets and read their runs',
    ['Starter', 'Planner', 'schedule role'],
    ...on(handlerArn('start-target'), 'lambda:InvokeFunction'),
  ),
  row(
    'Add, change or remove a schedule',
    ['Planner'],
    ...on(SCHEDULE, 'scheduler:CreateSchedule', 'scheduler:UpdateSchedule', 'scheduler:DeleteSchedule'),
  ),
  row(
    'See what a schedule starts, and when',
    ['Publisher', 'Planner'],
    ...on(SCHEDULE, 'scheduler:GetSchedule'),
  ),
  row(
    'List the names of schedules, also those of other groups',
    ['Publisher', 'Planner'],
    ...on(at('scheduler', 'schedule/*/*'), 'scheduler:ListSchedules'),
  ),
  row(
    'See or change a schedule of another group',
    [],
    ...on(
      at('scheduler', 'schedule/default/nightly'),
      'scheduler:CreateSchedule',
      'scheduler:GetSchedule',
      'scheduler:UpdateSchedule',
      'scheduler:DeleteSchedule',
    ),
  ),
  row(
    'Change the group of schedules',
    [],
    ...on(
      at('scheduler', 'schedule-group/codeseeder-demo'),
      'scheduler:DeleteScheduleGroup',
      'scheduler:TagResource',
    ),
  ),
  row(
    'Give the role of schedules to EventBridge Scheduler',
    ['Planner'],
    ...when({ 'iam:PassedToService': 'scheduler.amazonaws.com' }, ...on(SCHEDULER_ROLE, 'iam:PassRole')),
  ),
  row(
    'Give the role of schedules to another service, or another role to EventBridge Scheduler',
    [],
    ...when({ 'iam:PassedToService': 'lambda.amazonaws.com' }, ...on(SCHEDULER_ROLE, 'iam:PassRole')),
    ...when(
      { 'iam:PassedToService': 'scheduler.amazonaws.com' },
      ...on('arn:aws:iam::123456789012:role/deployer', 'iam:PassRole'),
    ),
  ),
  row('Change a handler', [], ...HANDLERS.flatMap((h) => on(handlerArn(h), 'lambda:UpdateFunctionCode'))),
  row(
    'Keep an event that failed',
    ['EventBridge', 'start-run', 'start-target', 'reconcile-run'],
    ...rulesWithDeadLetters.flatMap((rule) => when(from(rule), ...on(DEAD_LETTERS, 'sqs:SendMessage'))),
  ),
  row(
    'Keep an event that the bus could not decrypt',
    ['EventBridge'],
    ...when({ 'aws:SourceArn': BUS }, ...on(BUS_DEAD_LETTERS, 'sqs:SendMessage')),
  ),
  row(
    'Read dead letters',
    [],
    ...on(DEAD_LETTERS, 'sqs:ReceiveMessage', 'sqs:DeleteMessage'),
    ...on(BUS_DEAD_LETTERS, 'sqs:ReceiveMessage'),
  ),
  row(
    'Reach the queues without TLS',
    [],
    ...[DEAD_LETTERS, BUS_DEAD_LETTERS].flatMap((queue) =>
      when({ 'aws:SecureTransport': 'false' }, ...on(queue, 'sqs:SendMessage')),
    ),
  ),
];

const handlerLog = (handler: string) => at('logs', `log-group:/aws/lambda/codeseeder-demo-${handler}:s`);
const groups = (name: string) => [name, `${name}:log-stream:s`];
const ALLOWED_LOGS = ['windows', 'other-1'].flatMap((name) =>
  groups(at('logs', `log-group:/aws/codebuild/${name}`)),
);

const LOGS: readonly AccessRow[] = [
  row(
    'Write the log of builds',
    ['Build'],
    ...groups(BUILD_LOG).flatMap((group) => on(group, 'logs:CreateLogStream', 'logs:PutLogEvents')),
  ),
  row(
    'Create the log group of builds',
    ['Build', 'adopt-log-group'],
    ...groups(BUILD_LOG).flatMap((group) => on(group, 'logs:CreateLogGroup')),
  ),
  row(
    'Set up the log group of builds',
    ['adopt-log-group'],
    ...groups(BUILD_LOG).flatMap((group) =>
      on(
        group,
        'logs:PutRetentionPolicy',
        'logs:DeleteRetentionPolicy',
        'logs:AssociateKmsKey',
        'logs:DisassociateKmsKey',
      ),
    ),
  ),
  row(
    'Read the lines of logs of builds',
    ['Client', 'Reader', 'Releaser', 'start-target'],
    ...on(groups(BUILD_LOG)[1] ?? '', 'logs:GetLogEvents'),
  ),
  row(
    'Find and search the logs of builds',
    ['Client', 'Reader', 'Releaser'],
    ...groups(BUILD_LOG).flatMap((group) => on(group, 'logs:DescribeLogStreams', 'logs:FilterLogEvents')),
  ),
  row(
    'Read the lines of logs of projects of `allow`',
    ['Client', 'Reader', 'Releaser', 'start-target', 'client of another seedkit'],
    ...ALLOWED_LOGS.filter((group) => group.includes(':log-stream:')).flatMap((group) =>
      on(group, 'logs:GetLogEvents'),
    ),
  ),
  row(
    'Find and search the logs of projects of `allow`',
    ['Client', 'Reader', 'Releaser', 'client of another seedkit'],
    ...ALLOWED_LOGS.flatMap((group) => on(group, 'logs:DescribeLogStreams', 'logs:FilterLogEvents')),
  ),
  ...HANDLERS.map((handler) =>
    row(
      `Write the log of \`${handler}\``,
      [handler],
      ...on(handlerLog(handler), 'logs:CreateLogStream', 'logs:PutLogEvents'),
    ),
  ),
  row(
    'Read the logs of handlers',
    [],
    ...HANDLERS.flatMap((handler) => on(handlerLog(handler), 'logs:GetLogEvents')),
  ),
  row(
    'Deliver the logs and traces of the state machines',
    ['state machine', 'map machine'],
    ...on(
      '*',
      'logs:CreateLogDelivery',
      'logs:GetLogDelivery',
      'logs:UpdateLogDelivery',
      'logs:DeleteLogDelivery',
      'logs:ListLogDeliveries',
      'logs:PutResourcePolicy',
      'logs:DescribeResourcePolicies',
      'logs:DescribeLogGroups',
      'xray:PutTraceSegments',
      'xray:PutTelemetryRecords',
      'xray:GetSamplingRules',
      'xray:GetSamplingTargets',
    ),
  ),
];

const READ_KEY = ['kms:Decrypt', 'kms:DescribeKey'];
const WRITE_KEY = [
  'kms:Encrypt',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
];
const through = (service: string, actions: readonly string[]): Call[] =>
  when({ 'kms:ViaService': `${service}.eu-central-1.amazonaws.com` }, ...on(KEY, ...actions));
const logContext = (group: string): Context => ({
  'kms:EncryptionContext:aws:logs:arn': at('logs', group),
});

const OF_TARGETS = ['Publisher', 'Starter', 'Planner', 'Inbox of a target', 'start-target'] as const;
const OF_MAPS = ['drive-map', 'map machine'] as const;
const WRITE_RECORDS = [
  'Releaser',
  'prepare-run',
  'start-build',
  'await-lock',
  'poll-build',
  'wake-run',
  'collect-outcome',
  'reconcile-run',
  'state machine',
  ...OF_MAPS,
] as const;
const KEYS: readonly AccessRow[] = [
  row(
    'Decrypt through S3',
    [
      'Client',
      'Reader',
      'Inbox',
      'Releaser',
      ...OF_TARGETS,
      'Build',
      'start-run',
      'prepare-run',
      'collect-outcome',
      'reconcile-run',
      ...OF_MAPS,
    ],
    ...through('s3', READ_KEY),
  ),
  row(
    'Encrypt through S3',
    ['Client', 'Inbox', ...OF_TARGETS, 'Build', 'start-run', 'prepare-run', ...OF_MAPS],
    ...through('s3', WRITE_KEY),
  ),
  row(
    'Decrypt through DynamoDB',
    ['Client', 'Reader', 'Build', 'start-target', ...WRITE_RECORDS],
    ...through('dynamodb', READ_KEY),
  ),
  row('Encrypt through DynamoDB', ['Build', ...WRITE_RECORDS], ...through('dynamodb', WRITE_KEY)),
  row(
    'Encrypt dead letters',
    ['Build', 'start-run', 'start-target', 'reconcile-run'],
    ...through('sqs', [...READ_KEY, ...WRITE_KEY]),
  ),
  row('Use the key without a service', ['Build'], ...on(KEY, 'kms:Encrypt', 'kms:ReEncryptFrom')),
  row(
    'Encrypt dead letters of a rule',
    ['EventBridge', 'Build'],
    ...when(from('inbox'), ...on(KEY, 'kms:Decrypt', 'kms:GenerateDataKey')),
    ...when(
      { 'aws:SourceArn': at('events', 'rule/codeseeder-demo/run-requested') },
      ...on(KEY, 'kms:Decrypt', 'kms:GenerateDataKey'),
    ),
  ),
  row(
    'Encrypt events of the bus',
    ['EventBridge', 'Build'],
    ...when(
      {
        'aws:SourceArn': BUS,
        'kms:EncryptionContext:aws:events:event-bus:arn': BUS,
      },
      ...on(KEY, 'kms:Decrypt', 'kms:GenerateDataKey', 'kms:DescribeKey'),
    ),
  ),
  row(
    'Encrypt logs',
    ['CloudWatch Logs', 'Build'],
    ...[
      'log-group:/aws/codebuild/codeseeder-demo',
      'log-group:/aws/vendedlogs/states/codeseeder-demo',
      'log-group:/aws/vendedlogs/states/codeseeder-demo_maps',
      'log-group:/aws/lambda/codeseeder-demo-start-run',
    ].flatMap((group) => when(logContext(group), ...on(KEY, ...READ_KEY, ...WRITE_KEY))),
  ),
  row('Change or delete the key', [], ...on(KEY, 'kms:PutKeyPolicy', 'kms:ScheduleKeyDeletion')),
];

/** All rows of the access matrix, by section of the page. */
export const ACCESS_ROWS: Readonly<Record<string, readonly AccessRow[]>> = {
  'Objects in the bucket': OBJECTS,
  'Runs and records': RUNS,
  'Builds and what they use': BUILDS,
  'Events and handlers': EVENTS,
  Logs: LOGS,
  'The KMS key': KEYS,
};
