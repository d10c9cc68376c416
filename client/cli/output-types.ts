/**
 * The shapes of what commands print for programs, which are a public contract: `docs/reference/output.md` and
 * `schemas/command-output.json` are made from this file, and tests hold the output of commands to the schema. Later
 * versions may add members.
 */
import type {
  MapRecord,
  RunFailure,
  RunRecord,
  TargetState,
  TerminalStatus,
} from '../../lib/contract/index.js';
import type { BuildIsolation, DeployedStack, RepairReport } from '../../lib/local/index.js';
import type { AppStack } from '../deploy/deploy-app.js';
import type { DeployResult, DestroyResult } from '../deploy-types.js';
import type { Lock } from '../lock-types.js';
import type { MapProgress } from '../map-types.js';
import type { DeployModulesResult } from '../module-types.js';
import type { ProgressEvent } from '../progress-types.js';
import type { HistoryEntry, LogLine } from '../run-types.js';
import type { TargetSchedule } from '../schedule-types.js';
import type { PublishedVersion } from '../target-types.js';

export type { BuildIsolation, MapRecord, RunFailure, RunRecord, TargetState };

/** A warning of packing. */
export interface PackingWarning {
  /** The code that may need something that is not in the bundle, and what to do. */
  readonly message: string;
  /** Path of the source file, if it is known. */
  readonly file?: string | undefined;
  /** Line in the source file, counted from 1. */
  readonly line?: number | undefined;
}

/** What one ignore pattern left out of one folder. */
export interface LeftOutFiles {
  /** Path of the folder. */
  readonly folder: string;
  /** The ignore pattern. */
  readonly pattern: string;
  /** Number of files. */
  readonly files: number;
  /** Sum of the files' sizes in bytes. */
  readonly sizeBytes: number;
}

/** Warnings and left-out files of packing, as `--json` prints them. */
export interface PackingReport {
  /** Warnings of packing; empty if `run` packed nothing, absent if the command never packs, such as `start`. */
  readonly warnings: readonly PackingWarning[];
  /** What ignore patterns left out of the bundle; empty or absent like `warnings`. */
  readonly leftOut: readonly LeftOutFiles[];
}

/** A run that `--detach` leaves after its start. */
export interface StartedRun extends Partial<PackingReport> {
  /** Id of the run. */
  readonly runId: string;
  /** ARN of the Step Functions execution that drives the run. */
  readonly executionArn: string;
  /** URL of the page about the run: in the AWS console, or in the console of a local AWS. */
  readonly consoleUrl: string;
}

/** The end of a run that succeeded. The command exits with 0. */
export interface SucceededRun extends Partial<PackingReport> {
  /** Id of the run. */
  readonly runId: string;
  /** Status that the run ended with. */
  readonly status: TerminalStatus;
  /** Value that the function returned; `null` for commands, and if it returned nothing. */
  readonly value: unknown;
  /** Exported variables of the build, by name. */
  readonly exportedVariables: Readonly<Record<string, string>>;
}

/** The end of a run that did not succeed. The command exits with 1. */
export interface UnsuccessfulRun extends Partial<PackingReport> {
  /** Id of the run. */
  readonly runId: string;
  /** URL of the page about the run: in the AWS console, or in the console of a local AWS. */
  readonly consoleUrl: string;
  /** Status that the run ended with. */
  readonly status: RunRecord['status'];
  /** Why the run did not succeed. */
  readonly failure?: RunFailure | undefined;
  /**
   * Exit code of the command that failed, of a run of commands. Absent if the run failed for another reason, or if
   * CodeBuild does not report it.
   */
  readonly exitCode?: number | undefined;
}

/** The result of a command that starts or awaits a run. */
export type RunCommandResult = StartedRun | SucceededRun | UnsuccessfulRun;

/**
 * A line of `--ndjson`: an event of the run, a line of its log, or as the last one the result that `--json` prints.
 * Readers ignore types and members that they do not know.
 */
export type EventLine = UndatedEventLine & {
  /**
   * When the client read or did this. A line of the log may be some seconds older; `runs logs --json` has its own time.
   */
  readonly time: string;
};

/** A line of `--ndjson` without its time. */
export type UndatedEventLine =
  | ProgressEvent
  /**
   * A line of the log. `message` is the line as CodeBuild has it, without its newline. `phase` is the phase of the
   * build that the log has entered with this line or before; absent before the first.
   */
  | {
      readonly type: 'log';
      readonly runId: string;
      readonly phase?: string | undefined;
      readonly message: string;
    }
  /** The result of the command. The other members are those that `--json` prints. */
  | ({ readonly type: 'result' } & RunCommandResult);

/** A run with its history, its arguments and its value. */
export interface ShownRun {
  /** Id of the run. */
  readonly runId: string;
  /** URL of the page about the run: in the AWS console, or in the console of a local AWS. */
  readonly consoleUrl: string;
  /** Record of the run; `null` until it is written, shortly after the run's start. */
  readonly record: RunRecord | null;
  /**
   * Exit code of the command that failed, of a run of commands. Absent if the run failed for another reason, or if
   * CodeBuild does not report it.
   */
  readonly exitCode?: number | undefined;
  /** Events of the execution, the first one first. */
  readonly history: readonly HistoryEntry[];
  /** Positional arguments of a function; absent if they have expired or you have no right to read them. */
  readonly args?: readonly unknown[] | undefined;
  /** Keyword arguments of a Python function; absent like `args`. */
  readonly kwargs?: Readonly<Record<string, unknown>> | undefined;
  /** Commands that the run executes; absent like `args`, and for functions. */
  readonly commands?: readonly string[] | undefined;
  /** Value of a run that succeeded, `null` for commands; absent if it has expired or you have no right to read it. */
  readonly value?: unknown;
}

/** The result of canceling a run. */
export interface RunCancellation {
  /** Id of the run. */
  readonly runId: string;
  /** Status that the run ended with. */
  readonly status: RunRecord['status'];
  /** Whether the run was canceled; false if it had already ended, or ended before it could be canceled. */
  readonly canceled: boolean;
}

/** A map that `--detach` leaves after its start. */
export interface StartedMap {
  /** Id of the map. */
  readonly mapId: string;
  /** Number of inputs. */
  readonly total: number;
  /** ARN of the Step Functions execution that drives the map. */
  readonly executionArn: string;
  /** URL of the page about the map: in the AWS console, or in the console of a local AWS. */
  readonly consoleUrl: string;
}

/** The result of one input of a map. */
export interface MapResultLine {
  /** Index of the input, counted from 0. */
  readonly index: number;
  /** Id of the input's run. */
  readonly runId: string;
  /** Status that the run ended with; `NOT_STARTED` if it was not started. */
  readonly status: TerminalStatus | 'NOT_STARTED';
  /** Value that the function returned; absent if the run did not succeed. */
  readonly value?: unknown;
  /** Why there is no value; absent if the run succeeded. */
  readonly error?: MapResultError | undefined;
}

/** A map that has ended, with the results of its inputs. */
export interface EndedMap {
  /** Id of the map. */
  readonly mapId: string;
  /** URL of the page about the map: in the AWS console, or in the console of a local AWS. */
  readonly consoleUrl: string;
  /** Status that the map ended with. */
  readonly status: MapProgress['status'];
  /** How far the map came. */
  readonly progress: MapProgress;
  /** Results of the inputs, in the order of `--order`. */
  readonly results: readonly MapResultLine[];
}

/** Why an input of a map has no value. */
export interface MapResultError {
  /** A failure code. */
  readonly code: string;
  /** What happened, with which value, and what to do. */
  readonly message: string;
}

/** A map with its progress. */
export interface ShownMap {
  /** Id of the map. */
  readonly mapId: string;
  /** Record of the map; `null` until it is written, shortly after the map's start. */
  readonly record: MapRecord | null;
  /** How far the map is. */
  readonly progress: MapProgress;
  /** Inputs without a successful run, in input order. Empty until the map has ended. */
  readonly failures: readonly MapFailure[];
}

/** An input of a map that has no successful run. */
export interface MapFailure {
  /** Index of the input, counted from 0. Absent if the results of the map could not be read. */
  readonly index?: number | undefined;
  /** Id of the input's run. */
  readonly runId?: string | undefined;
  /** Status that the run ended with; `NOT_STARTED` if it was not started. */
  readonly status: MapResultLine['status'];
  /** The input, as it was given. Absent if it could not be read. */
  readonly input?: unknown;
  /**
   * Why there is no `input`: `InputMissing` if the inputs have expired or were deleted, `InputChanged` if they are not
   * those that the map was started with, otherwise the name of an error of AWS, such as `AccessDenied`.
   */
  readonly inputProblem?: string | undefined;
  /** Why, in one line. */
  readonly message: string;
}

/** The result of canceling a map. */
export interface MapCancellation {
  /** Whether the map was canceled; false if it had already ended, or ended before it could be canceled. */
  readonly canceled: boolean;
  /** How far the map came. */
  readonly progress: MapProgress;
}

/** A schedule with its next run. */
export interface ListedSchedule extends TargetSchedule {
  /** Time of the next run, in ISO 8601; absent if there is none. */
  readonly nextRunAt?: string | undefined;
}

/** A schedule with its last and its next run. */
export interface ShownSchedule extends ListedSchedule {
  /** Record of the last run; `null` if there is none yet, absent if you have no right to read runs. */
  readonly lastRun?: RunRecord | null | undefined;
}

/** The address of a console. */
export interface ConsoleAddress {
  /** Name of the seedkit. */
  readonly seedkit: string;
  /** URL of the console, to which a browser with a session has access. */
  readonly url: string;
  /** URL that opens one session. Keep it secret. */
  readonly address: string;
}

/** A deployed seedkit. */
export interface DeployedSeedkit extends DeployResult {
  /** Name of the seedkit. */
  readonly seedkit: string;
}

/** A deleted seedkit. */
export interface DestroyedSeedkit extends DestroyResult {
  /** Name of the seedkit. */
  readonly seedkit: string;
}

/** Packages that were published to a seedkit's CodeArtifact repository. */
export interface PublishedModules extends DeployModulesResult {
  /** Name of the seedkit. */
  readonly seedkit: string;
}

/** A CDK app that was deployed. */
export interface DeployedApp {
  /** Stacks of the app, in the order of their deployment. */
  readonly stacks: readonly AppStack[];
}

/** A local AWS that is up. */
export interface LocalAwsUp {
  /** Name of the seedkit. */
  readonly seedkit: string;
  /** URL for every service, `http://127.0.0.1:<port>`. */
  readonly endpoint: string;
  /** Emulated account, 12 digits. */
  readonly account: string;
  /** Emulated region. */
  readonly region: string;
  /** How builds are isolated from each other, and the reason if they are not. */
  readonly buildIsolation: BuildIsolation;
  /** Folder of its data. */
  readonly dataFolder: string;
  /** Name of the seedkit's stack. */
  readonly stackName: string;
  /** Variables by which other processes use it, with credentials that only it accepts. */
  readonly environment: Readonly<Record<string, string>>;
  /** Values of the outputs of the seedkit's stack, by output name. */
  readonly outputs: Readonly<Record<string, string>>;
  /** All stacks that were deployed. */
  readonly stacks: readonly DeployedStack[];
}

/** The variables of a local AWS. `local up --detach` prints them for one that is up already. */
export interface LocalAwsEnvironment {
  /** Name of the seedkit. */
  readonly seedkit: string;
  /** Variables by which other processes use it, with credentials that only it accepts. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Whether a local AWS is up. */
export interface LocalAwsStatus {
  /** Name of the seedkit. */
  readonly seedkit: string;
  /** Whether it is up. The other members are absent if it is not. */
  readonly up: boolean;
  /** URL for every service, `http://127.0.0.1:<port>`. */
  readonly endpoint?: string | undefined;
  /** Id of its process. */
  readonly pid?: number | undefined;
  /** Emulated region. */
  readonly region?: string | undefined;
  /** Emulated account, 12 digits. */
  readonly account?: string | undefined;
}

/** A local AWS that is stopped. */
export interface StoppedLocalAws {
  /** Name of the seedkit. */
  readonly seedkit: string;
  /** Whether it was up before. */
  readonly wasUp: boolean;
  /** Whether it is up, which is false. */
  readonly up: false;
  /** Absolute path of the data folder, if `--delete-data` deleted it. */
  readonly deletedData?: string | undefined;
}

/** A secret or parameter of a local AWS whose value was set. */
export interface SetValue {
  /** Name of the seedkit. */
  readonly seedkit: string;
  /** Name of the secret or parameter. */
  readonly name: string;
  /** ARN of the secret; absent for a parameter. */
  readonly arn?: string | undefined;
  /** Type of the parameter; absent for a secret. */
  readonly type?: 'SecureString' | 'String' | 'StringList' | undefined;
  /** Version of the value: an id for a secret, a number for a parameter. */
  readonly version?: string | number | undefined;
}

/** A file that `init` leaves as it is. */
export interface LeftFile {
  /** Path relative to the project's folder. */
  readonly file: string;
  /** What to do by hand. */
  readonly advice: string;
  /** Lines to add to the file, if the advice is to add lines. */
  readonly lines?: readonly string[] | undefined;
}

/** Python code of a project that its config includes in every run of a Python function, and code that it does not. */
export interface IncludedCode {
  /** Packages and modules, as the option of this name has them: import name to folder or file. */
  readonly localModules: Readonly<Record<string, string>>;
  /** Requirements files, as the option of this name has them: name to file. */
  readonly requirementsFiles: Readonly<Record<string, string>>;
  /** Code that was found and is not included, with the reason. */
  readonly leftOut: readonly LeftFile[];
}

/** What `init` does to a project. Paths are relative to the project's folder. */
export interface InitResult {
  /** Absolute path of the project's folder. */
  readonly folder: string;
  /** Language of the example. */
  readonly language: 'typescript' | 'javascript' | 'python';
  /** New files. */
  readonly written: readonly string[];
  /** Files that existed and got additions. */
  readonly changed: readonly string[];
  /** Files that stay as they are, and what to do by hand. */
  readonly left: readonly LeftFile[];
  /** Python code; absent for another language, and for a config to which it is to be added by hand. */
  readonly included?: IncludedCode | undefined;
  /** Commands to run next, in this order. */
  readonly next: readonly string[];
}

/** One check of `codeseeder doctor`. */
export interface Check {
  /** Stable name, such as `credentials`. */
  readonly id: string;
  /** The subject, as the list shows it. */
  readonly title: string;
  /** The result. `unknown`: it cannot be known, such as a right that only its use shows. */
  readonly status: 'ok' | 'warning' | 'problem' | 'unknown';
  /** What was found. */
  readonly detail: string;
  /** What to do about a warning or a problem, or to find out what is unknown. */
  readonly remedy?: string | undefined;
}

/** What `codeseeder doctor` found. */
export interface DoctorReport {
  /** Whether there is no problem. Warnings do not count. */
  readonly healthy: boolean;
  /** The checks, in the order of the list. */
  readonly checks: readonly Check[];
}

/** What the outputs of a stack show about its version. */
export interface ComparedSeedkit {
  /**
   * Whether the same, an earlier or a later version of the client made the seedkit's template. `older` also if it lacks
   * what this client uses.
   */
  readonly comparison: 'same' | 'older' | 'newer';
  /** Version of this client. */
  readonly clientVersion: string;
  /** Version that deployed the seedkit; undefined for one from before the output of the version. */
  readonly deployedVersion: string | undefined;
  /** What the client offers, and the deployed seedkit has no resources for. */
  readonly missing: readonly string[];
  /** Whether a CDK app of the user deploys it, and not `codeseeder deploy seedkit`. */
  readonly isOfOwnApp: boolean;
}

/** How a deployed seedkit compares with this client, and what to do. */
export interface Upgrade extends ComparedSeedkit {
  /** Name of the seedkit. */
  readonly seedkit: string;
  /**
   * What to do: nothing, deploy the seedkit, deploy the user's own app with this version of the package, or install the
   * later version of the client that deployed the seedkit.
   */
  readonly action: 'none' | 'deploySeedkit' | 'deployApp' | 'updateClient';
  /** The command to run; undefined if there is nothing to do. */
  readonly command?: string | undefined;
  /** What the deployment would change; undefined if it was not compared. */
  readonly changes?: TemplateChanges | undefined;
  /** Why the templates were not compared. */
  readonly notCompared?: string | undefined;
}

/** A resource of a template. */
export interface ChangedResource {
  /** Logical id. */
  readonly name: string;
  /** CloudFormation type, such as `AWS::S3::Bucket`. */
  readonly type: string;
}

/** What a deployment by this client would change, from a comparison of the templates. */
export interface TemplateChanges {
  /** Resources that would be added. */
  readonly added: readonly ChangedResource[];
  /** Resources that would be changed. */
  readonly changed: readonly ChangedResource[];
  /** Resources that would be deleted. */
  readonly removed: readonly ChangedResource[];
  /** Whether outputs, parameters or conditions differ. */
  readonly others: boolean;
}

/** What `--json` prints, by command: one JSON document. */
export interface JsonDocuments {
  run: RunCommandResult;
  start: RunCommandResult;
  'runs wait': RunCommandResult;
  'runs again': RunCommandResult;
  'targets wait': RunCommandResult;
  'runs list': readonly RunRecord[];
  'runs show': ShownRun;
  'runs cancel': readonly RunCancellation[];
  map: StartedMap;
  'maps again': StartedMap;
  'maps list': readonly MapRecord[];
  'maps show': ShownMap;
  'maps wait': EndedMap;
  'maps cancel': MapCancellation;
  'locks list': readonly Lock[];
  'locks show': Lock;
  'locks release': Lock;
  console: ConsoleAddress;
  publish: PublishedVersion;
  'targets list': readonly TargetState[];
  'targets show': TargetState;
  'targets promote': TargetState;
  'targets remove': TargetState;
  'schedules add': TargetSchedule;
  'schedules list': readonly ListedSchedule[];
  'schedules show': ShownSchedule;
  'schedules pause': TargetSchedule;
  'schedules resume': TargetSchedule;
  'schedules remove': TargetSchedule;
  init: InitResult;
  'deploy seedkit': DeployedSeedkit;
  'deploy modules': PublishedModules;
  'deploy app': DeployedApp;
  'destroy seedkit': DestroyedSeedkit;
  doctor: DoctorReport;
  upgrade: Upgrade;
  'local up': LocalAwsUp | LocalAwsEnvironment;
  'local status': LocalAwsStatus;
  'local env': LocalAwsEnvironment;
  'local console': ConsoleAddress;
  'local down': StoppedLocalAws;
  'local repair': RepairReport;
  'local secret set': SetValue;
  'local parameter set': SetValue;
}

/** What commands print as lines, each one JSON value, by command and the flags that make it print them. */
export interface JsonLines {
  'run --ndjson': EventLine;
  'start --ndjson': EventLine;
  'runs wait --ndjson': EventLine;
  'runs again --ndjson': EventLine;
  'targets wait --ndjson': EventLine;
  'runs list --ndjson': RunRecord;
  'runs list --watch --json': RunRecord;
  'runs logs --json': LogLine;
  'maps list --ndjson': MapRecord;
  'locks list --ndjson': Lock;
  'targets list --ndjson': TargetState;
  'schedules list --ndjson': ListedSchedule;
  map: MapResultLine;
  'maps inputs': unknown;
  'maps wait': MapResultLine;
  'maps again': MapResultLine;
}
