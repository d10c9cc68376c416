import { ESLint } from 'eslint';
import ts from 'typescript';

// Runs `npm run lint` and `npm run typecheck` in one process. Both need the types of all files, which take longer to find
// than all else that they do, so the linter uses those that the compiler found.

const program = readProgram();
const typeErrors = ts.getPreEmitDiagnostics(program);
if (typeErrors.length > 0) {
  console.error(
    ts.formatDiagnosticsWithColorAndContext(typeErrors, {
      getCanonicalFileName: (file) => file,
      getCurrentDirectory: () => import.meta.dirname,
      getNewLine: () => '\n',
    }),
  );
}
const lintErrors = await lint();
process.exitCode = typeErrors.length + lintErrors > 0 ? 1 : 0;

function readProgram() {
  const config = ts.getParsedCommandLineOfConfigFile(
    'tsconfig.json',
    { noEmit: true },
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic({ messageText }) {
        throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'));
      },
    },
  );
  return ts.createProgram({
    rootNames: config.fileNames,
    options: config.options,
    configFileParsingDiagnostics: config.errors,
  });
}

/** @returns the number of errors */
async function lint() {
  const eslint = new ESLint({
    overrideConfig: {
      files: ['**/*.ts'],
      languageOptions: { parserOptions: { project: null, programs: [program] } },
    },
  });
  const results = await eslint.lintFiles(['.']);
  const formatter = await eslint.loadFormatter('stylish');
  const report = await formatter.format(results);
  if (report !== '') console.error(report);
  return results.reduce((sum, { errorCount }) => sum + errorCount, 0);
}
