import { parse, type Program } from 'acorn';

/** Thrown if a module cannot be parsed as JavaScript. */
export class UnreadableModuleError extends Error {
  override readonly name = 'UnreadableModuleError';
  /** Offset of the syntax error in the module's text, if it is known. */
  readonly offset: number | undefined;

  constructor(file: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`${file} cannot be parsed as JavaScript: ${reason}`, { cause });
    const offset: unknown = cause instanceof Error && 'pos' in cause ? cause.pos : undefined;
    this.offset = typeof offset === 'number' ? offset : undefined;
  }
}

/**
 * Parses a module as an ES module or, if that fails, as a script.
 * @throws UnreadableModuleError
 */
export function parseModule(text: string, file: string): Program {
  const options = { ecmaVersion: 'latest', allowHashBang: true, allowReturnOutsideFunction: true } as const;
  try {
    return parse(text, { ...options, sourceType: 'module', allowAwaitOutsideFunction: true });
  } catch (cause) {
    try {
      return parse(text, { ...options, sourceType: 'script' });
    } catch {
      // Throws the error of the first attempt, because most modules are ES modules.
      throw new UnreadableModuleError(file, cause);
    }
  }
}
