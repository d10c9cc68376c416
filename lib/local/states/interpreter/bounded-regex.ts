import { createContext, Script } from 'node:vm';

/** No query's pattern needs longer for a text of a state's size, unless it is one that never ends. */
const MATCH_MAX_MS = 1_000;

/** What makes an expression try again from elsewhere. */
const QUANTIFIER = /[*+?{|]/;

const MATCH = new Script('match()');
const CONTEXT = createContext({ match: undefined });

/** A regular expression that gives up where another would try every way there is, for longer than anybody lives. */
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
