import { asCalled } from '../../how-called.js';
import type { ServedConsole } from './seedkit-part.js';

/** Members of an answer that say why a part of it cannot be read. */
const PROBLEMS: readonly string[] = ['problem', 'historyProblem', 'invocationProblem'];

/** Returns an answer in whose problems commands start as the console's own command was called. */
export function withShownProblems(answer: unknown, served: Pick<ServedConsole, 'program'>): unknown {
  if (typeof answer !== 'object' || answer === null) return answer;
  const problems = Object.entries(answer).filter(
    (member): member is [string, string] => PROBLEMS.includes(member[0]) && typeof member[1] === 'string',
  );
  const shown = problems.map(([name, text]) => [name, asCalled(text, served)] as const);
  return { ...answer, ...Object.fromEntries(shown) };
}
