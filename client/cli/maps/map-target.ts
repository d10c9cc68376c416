import { UsageError } from '../exit-code.js';
import { quoteWord } from '../quote-word.js';
import { parseRunTarget, type RunTarget } from '../run/run-target.js';

/**
 * Parses the operands of `codeseeder map`: a target as of `codeseeder run`, without arguments, and the file of inputs.
 *
 * @param localModules those that flags and config name: name -> path
 * @throws UsageError
 */
export function parseMapTarget(
  operands: readonly string[],
  command: readonly string[] | undefined,
  workingFolder: string,
  localModules: Readonly<Record<string, string>> = {},
): { readonly target: RunTarget; readonly inputs: string } {
  const expected = command === undefined ? 2 : 1;
  const inputs = operands.at(-1);
  if (inputs === undefined || operands.length !== expected) {
    throw new UsageError(
      command === undefined
        ? `Expected a target and a file of inputs, but there are ${operands.length} operands: codeseeder map FILE#FUNCTION INPUTS`
        : `Expected one file of inputs before --, but there are ${operands.length} operands: codeseeder map INPUTS -- COMMAND`,
    );
  }
  const start = `codeseeder map ${quoteWord(inputs)}`;
  const target = parseRunTarget(operands.slice(0, -1), command, workingFolder, { start, localModules });
  return { target, inputs };
}
