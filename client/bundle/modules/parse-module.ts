import { parse, type Program } from 'acorn';

/** A module that is not JavaScript as far as the parser can tell. */
export class UnreadableModuleError extends Error {
  override readonly name = 'UnreadableModuleError';
  /** Offset of the fault in the module's text, where it is known. */
  readonly offset: number | undefined;

  constructor(file: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`${file} cannot be read as JavaScript: ${reason}`, { cause });
    const offset: unknown = cause instanceof Error && 'pos' in cause ? cause.pos : undefined;
    this.offset = typeof offset === 'number' ? offset : undefined;
  }
}

/**
 * Parses a module, as an ES module or, where strict mode refuses it, as a script.
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
      // The fault that an ES module has says more: most modules are.
      throw new UnreadableModuleError(file, cause);
    }
  }
}
