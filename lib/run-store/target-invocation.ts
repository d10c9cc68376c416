/** Composes the invocation of a run of a published target from the version and the arguments of its start. */
import {
  CodeseederError,
  definedOnly,
  ENVIRONMENT_MAX_CHARACTERS,
  type InvocationHead,
  invocationOfStart,
  type StartedInvocation,
  type TargetStart,
} from '../contract/index.js';

/**
 * Arguments of a start as JSON text that was checked, but not parsed: up to 64 MiB, which parsed into values could take
 * twenty times the memory. An argument list is in `start` or in the texts, not in both.
 */
export type ArgumentTexts = Readonly<Partial<Record<'args' | 'kwargs', Uint8Array>>>;

/** The content of a run's `invocation.json`, and the environment variables that the start adds. */
export interface ComposedInvocation extends Pick<StartedInvocation, 'environment'> {
  readonly content: Uint8Array;
}

/** Adds the arguments of a start to what a version runs. @throws CodeseederError `InvalidRequest` */
export function composeInvocation(
  head: InvocationHead,
  start: TargetStart,
  texts: ArgumentTexts,
): ComposedInvocation {
  const unread = definedOnly({
    args: texts.args && (head.kind === 'commands' ? parsedInput(texts.args, start) : []),
    kwargs: texts.kwargs && {},
  });
  const { invocation, environment } = invocationOfStart(head, { ...start, ...unread });
  if (invocation.kind === 'commands')
    return { content: Buffer.from(JSON.stringify(invocation)), environment };
  const { kind, target, ...values } = invocation;
  const members = Object.entries(values).flatMap(([name, value]) => [
    Buffer.from(`,"${name}":`),
    texts[name as keyof ArgumentTexts] ?? Buffer.from(JSON.stringify(value)),
  ]);
  const beginning = Buffer.from(JSON.stringify({ kind, target }).slice(0, -1));
  return { content: Buffer.concat([beginning, ...members, Buffer.from('}')]), environment };
}

/** Bytes of the longest argument of commands, if each character is a six-byte escape, with brackets and quotes. */
const INPUT_MAX_BYTES = ENVIRONMENT_MAX_CHARACTERS * 6 + 4;

/** Parses the argument of commands, which becomes the value of a variable. */
function parsedInput(args: Uint8Array, { target }: TargetStart): TargetStart['args'] {
  if (args.byteLength <= INPUT_MAX_BYTES) {
    return JSON.parse(Buffer.from(args).toString()) as TargetStart['args'];
  }
  throw new CodeseederError(
    'InvalidRequest',
    `The argument of the target ${target.name} has ${args.byteLength} bytes. Commands get theirs in a variable of at most ${ENVIRONMENT_MAX_CHARACTERS} characters: put large data into S3 and pass its location.`,
  );
}
