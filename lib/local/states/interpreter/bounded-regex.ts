import { createContext, Script } from 'node:vm';

/**
 * Maximum duration of a match. For texts of the size of a state's data, only exponential backtracking takes longer.
 */
const MATCH_MAX_MS = 1_000;

/** A pattern without these characters cannot backtrack, so it needs no time limit. */
const QUANTIFIER = /[*+?{|]/;

const MATCH = new Script('match()');
const CONTEXT = createContext({ match: undefined });

/** A regular expression whose matches have a time limit, because backtracking may take exponential time. */
export class BoundedRegex extends RegExp {
  override exec(text: string): RegExpExecArray | null {
    if (!QUANTIFIER.test(this.source)) return super.exec(text);
    CONTEXT['match'] = () => super.exec(text);
    try {
      return MATCH.runInContext(CONTEXT, { timeout: MATCH_MAX_MS }) as RegExpExecArray | null;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
      const problem = `Expression evaluation timeout: the pattern ${String(this)} takes too long`;
      throw new RangeError(problem, { cause: error });
    }
  }
}
