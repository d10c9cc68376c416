/** Type-checks the TypeScript blocks of pages in one program, against the types of the built package. */
import path from 'node:path';
import ts from 'typescript';

import { ROOT, type CodeBlock } from './pages.js';

/** Where the blocks are modules of the project; the folder exists in the compiler's host only. */
const FOLDER = path.join(ROOT, '.blocks');

/** Returns one line for each error: page, line of the block, message. */
export function typeErrorsOf(blocks: readonly CodeBlock[]): string[] {
  const files = new Map(blocks.map((block) => [fileOf(block), block]));
  const { config } = ts.readConfigFile(path.join(ROOT, 'tsconfig.json'), (file) => ts.sys.readFile(file)) as {
    config: { compilerOptions: Record<string, unknown> };
  };
  const { options } = ts.convertCompilerOptionsFromJson(
    { ...config.compilerOptions, rootDir: undefined, noUnusedLocals: false, verbatimModuleSyntax: false },
    ROOT,
  );
  const host = ts.createCompilerHost({ ...options, noEmit: true });
  const { directoryExists, fileExists, getSourceFile } = host;
  host.directoryExists = (folder) => folder.startsWith(FOLDER) || (directoryExists?.(folder) ?? true);
  host.fileExists = (file) => files.has(file) || fileExists(file);
  host.getSourceFile = (file, ...rest) => {
    const block = files.get(file);
    return block === undefined
      ? getSourceFile(file, ...rest)
      : ts.createSourceFile(file, sourceOf(block), {
          ...rest,
          languageVersion: ts.ScriptTarget.ES2022,
          impliedNodeFormat: ts.ModuleKind.ESNext,
        });
  };
  const program = ts.createProgram([...files.keys()], { ...options, noEmit: true }, host);
  return [...files.keys()].flatMap((file) => {
    const source = program.getSourceFile(file);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ messageText }) => {
        const block = files.get(file);
        return `${block?.page}:${block?.line}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
      },
    );
  });
}

/** Blocks of one page import each other by the names that their `module` or `file` directive gives. */
function fileOf({ page, line, directives }: CodeBlock): string {
  const name = directives['module'] ?? directives['file'] ?? `block-${line}.ts`;
  return path.join(FOLDER, page.replace(/\W/g, '-'), name);
}

function sourceOf({ text, directives }: CodeBlock): string {
  return `${directives['setup'] ?? ''}\n${text}\nexport {};\n`;
}
