import path from 'node:path';
import ts from 'typescript';

/** One import of one source file: a path from the project's root, or a package's name. */
export interface FoundImport {
  readonly importer: string;
  readonly imported: string;
  /** Whether the import is an `import()`, or only of types. */
  readonly onDemand: boolean;
}

/** A part of the project that has rules of its own for imports. */
interface Room {
  /** Matches the paths of the room's files. A file belongs to the first room that matches. */
  readonly files: RegExp;
  /** The other rooms its files may import. */
  readonly rooms: readonly RegExp[];
  /** The packages that they may import. Node's own modules are always allowed. */
  readonly packages: readonly RegExp[];
  /** Rooms that they may load by `import()` and use the types of. */
  readonly onDemand?: readonly RegExp[];
}

const CONTRACT = /^lib\/contract\//;
const RUN_STORE = /^lib\/run-store\//;
const S3_OBJECTS = /^lib\/s3-objects\.ts$/;
/** The messages between the console's server and its pages. */
const CONSOLE_MESSAGES = /^client\/console\/api\.ts$/;
const CDK = /^(aws-cdk-lib|constructs)(\/|$)/;
const SDK = /^@(aws-sdk|smithy)\//;
/** Matches every package except for those of the CDK and codeseeder itself. */
const NEITHER_CDK_NOR_SELF = /^(?!(aws-cdk-lib|constructs|codeseeder|@aws-cdk)(\/|$))/;

/** The imports that each room allows. A file belongs to the first room whose `files` match. */
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
    packages: [SDK, /^(commander|cli-table3|ora)$/],
    onDemand: [/^lib\/local\//],
  },
  consolePages: {
    files: /^client\/console\/app\//,
    rooms: [CONSOLE_MESSAGES],
    packages: [/^preact(\/|$)/, /^@dagrejs\/dagre$/],
    onDemand: [CONTRACT],
  },
  consoleMessages: { files: CONSOLE_MESSAGES, rooms: [], packages: [], onDemand: [CONTRACT] },
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

/** The imports of a TypeScript source, relative ones resolved against the importer. */
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

/** One line for each import that breaks the rules. */
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
  // Programs must not be imported on demand either, because they run when they are loaded.
  if (/^(bin\/|client\/runner)/.test(imported)) return false;
  const rooms = onDemand ? [...room.rooms, ...(room.onDemand ?? [])] : room.rooms;
  return rooms.some((pattern) => pattern.test(imported));
}

function roomOf(file: string): Room | undefined {
  return Object.values(ROOMS).find((room) => room.files.test(file));
}

/** Returns the part of the path that identifies the room of a handler. Each handler is a room of its own. */
function ownRoom(file: string): string | undefined {
  return roomOf(file)?.files.exec(file)?.[0];
}

function resolve(importer: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  return path.posix.join(path.posix.dirname(importer), specifier).replace(/\.js$/, '.ts');
}
