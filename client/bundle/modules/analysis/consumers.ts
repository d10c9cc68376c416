import type { AnyNode, CallExpression, NewExpression } from 'acorn';

import { memberName, originOf } from './origins.js';
import type { Scope } from './scopes.js';

/**
 * How a call uses an argument that is a path. `file`: reads it. `folder`: lists it. `probe`: checks whether it
 * exists. `command`: runs it in a shell. `harmless`: reads nothing. `unknown`: may do anything.
 */
export type Consumption = 'file' | 'folder' | 'probe' | 'command' | 'harmless' | 'unknown';

const namesOf = (text: string) => new Set(text.trim().split(/\s+/));

const READERS =
  namesOf(`readFile readFileSync createReadStream open openSync openAsBlob readlink readlinkSync copyFile
  copyFileSync cp cpSync copy copySync readJson readJsonSync readJSON readJSONSync watch watchFile link linkSync
  rename renameSync move moveSync symlink symlinkSync`);
const LISTERS = namesOf('readdir readdirSync opendir opendirSync');
const PROBES =
  namesOf(`exists existsSync access accessSync stat statSync lstat lstatSync pathExists pathExistsSync
  statfs statfsSync`);
/** Functions that write the path in their second argument. */
const COPIERS =
  namesOf(`copyFile copyFileSync cp cpSync copy copySync link linkSync rename renameSync move moveSync
  symlink symlinkSync`);
const WRITERS =
  namesOf(`writeFile writeFileSync appendFile appendFileSync mkdir mkdirSync mkdtemp mkdtempSync rm rmSync
  rmdir rmdirSync unlink unlinkSync unwatchFile createWriteStream truncate truncateSync utimes utimesSync chmod chmodSync
  chown chownSync outputFile outputFileSync outputJson outputJsonSync outputJSON writeJson writeJsonSync writeJSON
  ensureDir ensureDirSync ensureFile ensureFileSync emptyDir emptyDirSync mkdirp mkdirs mkdirsSync remove removeSync`);

const HARMLESS = namesOf(`path.basename path.extname path.relative path.isAbsolute path.matchesGlob
  module.createRequire :encodeURIComponent :Boolean :Symbol :Symbol.for url.domainToUnicode util.debuglog`);
/** Methods that search a text, mark a function to run remotely, or write a message. */
const HARMLESS_METHODS =
  namesOf(`includes startsWith endsWith match matchAll test indexOf lastIndexOf localeCompare
  search remoteFunction log info warn error debug trace fatal`);
const COMMANDS = namesOf(
  'child_process.exec child_process.execSync execa.execaCommand execa.execaCommandSync',
);

/** Returns how a call uses one of its arguments. */
export function consumptionOf(
  node: CallExpression | NewExpression,
  index: number,
  scope: Scope,
): Consumption {
  const { callee } = node;
  const origin = originOf(callee, scope) ?? '';
  if (origin.startsWith('fs.')) return fileConsumption(origin.slice('fs.'.length), node.arguments, index);
  if (HARMLESS.has(origin) || origin.startsWith(':console.')) return 'harmless';
  if (COMMANDS.has(origin)) return index === 0 ? 'command' : 'unknown';
  return isHarmlessName(callee.type === 'Identifier' ? callee.name : memberName(callee))
    ? 'harmless'
    : 'unknown';
}

function isHarmlessName(name: string | undefined): boolean {
  return name !== undefined && (/Error$/.test(name) || HARMLESS_METHODS.has(name));
}

/** Returns whether a member of a path or URL is not a path itself. */
export function isHarmlessMember(member: string | undefined): boolean {
  return member !== undefined && (member === 'length' || HARMLESS_METHODS.has(member));
}

function fileConsumption(name: string, args: readonly AnyNode[], index: number): Consumption {
  if (index === 1 && COPIERS.has(name)) return 'harmless';
  if (index > 0) return 'unknown';
  if (WRITERS.has(name)) return 'harmless';
  if (LISTERS.has(name)) return 'folder';
  if (PROBES.has(name)) return 'probe';
  if (!READERS.has(name)) return 'unknown';
  return opensForWriting(name, args[1]) ? 'harmless' : 'file';
}

function opensForWriting(name: string, flag: AnyNode | undefined): boolean {
  if (!name.startsWith('open') || flag?.type !== 'Literal') return false;
  return typeof flag.value === 'string' && /^[wa]/.test(flag.value);
}
