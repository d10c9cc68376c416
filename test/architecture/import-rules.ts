import path from 'node:path';
import ts from 'typescript';

/** An import in a source file. `imported` is a path from the project's root, or a package's name. */
export interface FoundImport {
  readonly importer: string;
  readonly imported: string;
  /** Whether the import is an `import()` or an `import type`. */
  readonly onDemand: boolean;
}

/** A part of the project with its own import rules. */
interface Room {
  /** Matches the paths of the room's files. The first room that matches a file applies. */
  readonly files: RegExp;
  /** Matches the files of other rooms that the room's files may import. */
  readonly rooms: readonly RegExp[];
  /** Matches the packages that the room's files may import. Node.js's own modules are always allowed. */
  readonly packages: readonly RegExp[];
  /** Matches the files that the room's files may import with `import()` or `import type` only. */
  readonly onDemand?: readonly RegExp[];
}

const CONTRACT = /^lib\/contract\//;
const RUN_STORE = /^lib\/run-store\//;
const S3_OBJECTS = /^lib\/s3-objects\.ts$/;
/** The messages between the console's server and its pages. */
const CONSOLE_MESSAGES = /^client\/console\/api\.ts$/;
/** Pure functions that read the lines of a build's log, for the command line and the console's pages. */
const BUILD_LOG = /^client\/(build-log|line-owners)\.ts$/;
/** Texts about a run that both write with the same words. */
const SAME_WORDS = /^client\/(cache-report|durations)\.ts$/;
/** The prices of builds, and the estimate of what a build costs, for both. */
const BUILD_PRICE = /^client\/build-price\.ts$/;
/** Types of what the client returns, which the console shows as they are. */
const CLIENT_TYPES = /^client\/(lock|schedule)-types\.ts$/;
const CDK = /^(aws-cdk-lib|constructs)(\/|$)/;
const SDK = /^@(aws-sdk|smithy)\//;
/** Matches all packages except the CDK's and codeseeder itself. */
const NEITHER_CDK_NOR_SELF = /^(?!(aws-cdk-lib|constructs|codeseeder|@aws-cdk)(\/|$))/;

/** The import rules of each room. The first room whose `files` match a file applies. */
export const ROOMS: Readonly<Record<string, Room>> = {
  contract: { files: CONTRACT, rooms: [], packages: [/^zod(\/|$)/] },
  seedkit: { files: /^lib\/seedkit\//, rooms: [CONTRACT, /^lib\/control-plane\//], packages: [CDK] },
  controlPlane: { files: /^lib\/control-plane\//, rooms: [CONTRACT], packages: [CDK] },
  cdkEntry: { files: /^lib\/cdk\.ts$/, rooms: [/^lib\/(seedkit|control-plane|contract)\//], packages: [] },
  s3Objects: { files: S3_OBJECTS, rooms: [CONTRACT], packages: [SDK] },
  runStore: { files: RUN_STORE, rooms: [CONTRACT, S3_OBJECTS], packages: [SDK] },
  local: { files: /^lib\/local\//, rooms: [], packages: [NEITHER_CDK_NOR_SELF] },
  lambda: {
    files: /^lambdas\/[^/]+\//,
    rooms: [CONTRACT, RUN_STORE, S3_OBJECTS],
    packages: [SDK, /^@aws-lambda-powertools\//, /^(zod|yaml|aws-lambda)$/],
  },
  runner: { files: /^client\/runner(-python)?\//, rooms: [CONTRACT], packages: [] },
  runnerLogins: {
    files: /^client\/runner-logins\//,
    rooms: [CONTRACT],
    packages: [/^@aws-sdk\/client-(codeartifact|secrets-manager)$/],
  },
  commandLine: {
    files: /^client\/cli\//,
    rooms: [/^client\/(?!runner|console\/app)/, CONTRACT],
    packages: [SDK, /^(commander|ignore|cli-table3|string-width)$/],
    onDemand: [/^lib\/local\//],
  },
  consolePages: {
    files: /^client\/console\/app\//,
    rooms: [CONSOLE_MESSAGES, BUILD_LOG, BUILD_PRICE, SAME_WORDS],
    packages: [/^preact(\/|$)/, /^@dagrejs\/dagre$/],
    onDemand: [CONTRACT],
  },
  consoleMessages: {
    files: CONSOLE_MESSAGES,
    rooms: [],
    packages: [],
    onDemand: [CONTRACT, CLIENT_TYPES],
  },
  consoleServer: {
    files: /^client\/console\/server\//,
    rooms: [CONSOLE_MESSAGES, /^client\/(?!runner|cli|deploy|console)/, CONTRACT],
    packages: [SDK, /^zod$/],
    onDemand: [RUN_STORE],
  },
  deployment: {
    files: /^client\/deploy\//,
    rooms: [/^client\/(?!runner|cli|console\/)/, CONTRACT],
    packages: [SDK, /^@aws-cdk\/toolkit-lib$/],
  },
  client: {
    files: /^client\//,
    rooms: [CONTRACT],
    packages: [NEITHER_CDK_NOR_SELF],
    onDemand: [/^client\/deploy\//, RUN_STORE, S3_OBJECTS],
  },
  bin: { files: /^bin\//, rooms: [/^(lib|client)\//], packages: [/./] },
  examples: { files: /^examples\//, rooms: [], packages: [/./] },
};

const OWN_FOLDERS = /^(lib|client|lambdas|bin|examples)\//;

/** Returns the imports of a TypeScript source. Relative imports are resolved from the importer. */
export function importsOf(importer: string, source: string): FoundImport[] {
  const file = ts.createSourceFile(importer, source, ts.ScriptTarget.Latest);
  const found: FoundImport[] = [];
  const add = (specifier: ts.Node | undefined, onDemand: boolean) => {
    if (specifier !== undefined && ts.isStringLiteralLike(specifier)) {
      found.push({ importer, imported: resolve(importer, specifier.text), onDemand });
    }
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    }
    if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], true);
    }
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** Returns one line for each import that breaks the rules. */
export function breachesOf(imports: readonly FoundImport[]): string[] {
  return imports
    .filter((found) => !isAllowed(found))
    .map(({ importer, imported }) => `${importer} -> ${imported}`);
}

function isAllowed({ importer, imported, onDemand }: FoundImport): boolean {
  if (imported.startsWith('node:')) return true;
  const room = roomOf(importer);
  if (room === undefined) return false;
  if (!OWN_FOLDERS.test(imported)) return room.packages.some((pattern) => pattern.test(imported));
  if (ownRoom(importer) === ownRoom(imported)) return true;
  // A program must not be imported at all, not even on demand, because it runs when it is loaded.
  if (/^(bin\/|client\/runner)/.test(imported)) return false;
  const rooms = onDemand ? [...room.rooms, ...(room.onDemand ?? [])] : room.rooms;
  return rooms.some((pattern) => pattern.test(imported));
}

function roomOf(file: string): Room | undefined {
  return Object.values(ROOMS).find((room) => room.files.test(file));
}

/**
 * Returns the part of a path that identifies its room. For a handler, this includes the handler's folder, because no
 * handler may import another.
 */
function ownRoom(file: string): string | undefined {
  return roomOf(file)?.files.exec(file)?.[0];
}

function resolve(importer: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  return path.posix.join(path.posix.dirname(importer), specifier).replace(/\.js$/, '.ts');
}
