import { CodeseederError } from './codeseeder-error.js';
import type { Invocation } from './invocation.js';

/** Programs that a run needs in its image. */
type Program = 'bash' | 'node' | 'python3';

/** Patterns of names of Docker Hub's official images that lack a program. Other images are not checked. */
const WITHOUT: Readonly<Record<Program, RegExp>> = {
  bash: /^(alpine|busybox|hello-world)(:|@|$)|^(golang|node|php|python|ruby|rust):[^@]*alpine/,
  node: /^(alpine|amazonlinux|bash|busybox|debian|docker|fedora|golang|php|python|ruby|rust|ubuntu)(:|@|$)/,
  python3: /^(alpine|bash|busybox|debian|docker|ubuntu)(:|@|$)|^node:[^@]*(alpine|slim)/,
};

const INSTEAD: Readonly<Record<Program, string>> = {
  bash: 'an image with bash, such as a tag without "alpine"',
  node: 'an image with Node.js, such as node:24',
  python3: 'an image with Python 3, such as python:3.13',
};

/**
 * Fails fast: refuses an image that is known to lack a program that the run needs. Every run needs bash. A function
 * needs its language, unless install commands or runtime versions may add it.
 *
 * @throws CodeseederError `InvalidRequest` that names the program and another image
 */
export function checkImage(
  build: {
    readonly image?: string | undefined;
    readonly installCommands?: readonly string[] | undefined;
    readonly runtimeVersions?: Readonly<Record<string, string>> | undefined;
  },
  kind: Invocation['kind'],
): void {
  const { image, installCommands = [], runtimeVersions = {} } = build;
  if (image === undefined) return;
  const mayBeAdded = installCommands.length > 0 || Object.keys(runtimeVersions).length > 0;
  const needed: readonly Program[] = kind === 'commands' || mayBeAdded ? ['bash'] : ['bash', LANGUAGE[kind]];
  const lacking = needed.find((program) => lacks(image, program));
  if (lacking === undefined) return;
  const user = lacking === 'bash' ? 'the commands of every run' : `a ${kind} function`;
  throw new CodeseederError(
    'InvalidRequest',
    `The run request is not valid: build.image: ${image} has no ${lacking}, which ${user} needs; use ${INSTEAD[lacking]}.`,
  );
}

const LANGUAGE = { node: 'node', python: 'python3' } as const;

function lacks(image: string, program: Program): boolean {
  if (program === 'bash' && image.startsWith('gcr.io/distroless/')) return true;
  const official = image.replace(
    /^(docker\.io\/(library\/)?|library\/|public\.ecr\.aws\/docker\/library\/)/,
    '',
  );
  return WITHOUT[program].test(official);
}
