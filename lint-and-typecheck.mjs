import { rm } from 'node:fs/promises';

import { ESLint } from 'eslint';
import ts from 'typescript';

// Runs `npm run lint` and `npm run typecheck` in one process. Both need the types of all files, which take longer to find
// than all else that they do, so the linter uses those that the compiler found.
//
// With the flag --emit, it also writes what `tsc -b tsconfig.build.json` writes to dist/, before it checks anything, and
// then sends the message 'emitted' to the process that started it. `npm test` saves a second compilation in that way.

const emits = process.argv.includes('--emit');
const build = emits ? readConfig('tsconfig.build.json') : undefined;
const program = readProgram();
const emitErrors = build === undefined ? [] : await emit();
if (emits) process.send('emitted');
const typeErrors = ts.sortAndDeduplicateDiagnostics([
  ...program.getConfigFileParsingDiagnostics(),
  ...program.getOptionsDiagnostics(),
  ...program.getSyntacticDiagnostics(),
  ...program.getGlobalDiagnostics(),
  ...program.getSemanticDiagnostics(),
  ...emitErrors,
]);
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
if (emits) process.disconnect();

function readConfig(file) {
  return ts.getParsedCommandLineOfConfigFile(
    file,
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic({ messageText }) {
        throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'));
      },
    },
  );
}

function readProgram() {
  const config = readConfig('tsconfig.json');
  // The build's options differ only in what is written, and where.
  const written =
    build === undefined ? {} : { ...build.options, incremental: false, tsBuildInfoFile: undefined };
  return ts.createProgram({
    rootNames: config.fileNames,
    options: { ...config.options, ...written },
    configFileParsingDiagnostics: config.errors,
  });
}

/** @returns the errors in what was written */
async function emit() {
  // `tsc -b` would take the files that it wrote earlier for the ones that are written now.
  await rm(build.options.tsBuildInfoFile, { force: true });
  return build.fileNames.flatMap((file) => program.emit(program.getSourceFile(file)).diagnostics);
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
