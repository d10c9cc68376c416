import { Argument, type Option } from 'commander';

/**
 * What a shell completes the value of an option or argument with. `run` and `map` are ids or `latest`, `wholeRun` is an
 * id alone, and `json` is JSON or `@FILE`.
 */
export type ValueKind = 'seedkit' | 'environment' | 'function' | 'json' | 'run' | 'wholeRun' | 'map';

const KINDS = new WeakMap<Option | Argument, ValueKind>();

/** Marks an option or argument with the kind of its value. */
export function valueOfKind<Subject extends Option | Argument>(kind: ValueKind, subject: Subject): Subject {
  KINDS.set(subject, kind);
  return subject;
}

/** Returns the kind of an option's or argument's value; undefined for one that is not marked. */
export function kindOf(subject: Option | Argument): ValueKind | undefined {
  return KINDS.get(subject);
}

/** Returns the argument of a command that is the arguments of a call. */
export function callArguments(): Argument {
  const text = 'arguments, each as JSON, @FILE with JSON, or - for JSON on standard input';
  return valueOfKind('json', new Argument('[args...]', text));
}
