/** Type-checks the TypeScript blocks of pages in one program, against the types of the built package. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { ROOT, type CodeBlock } from './pages.js';

const COMPILER = path.join(ROOT, 'node_modules/typescript-native/bin/tsc');

/**
 * The folder is inside the project, because the blocks import the project's package by name. Git and the linter
 * ignore it.
 */
const PARENT = path.join(ROOT, '.codeseeder');

/** Returns one line for each error: page, line of the block, message. */
export function typeErrorsOf(blocks: readonly CodeBlock[]): string[] {
  mkdirSync(PARENT, { recursive: true });
  const folder = mkdtempSync(path.join(PARENT, 'blocks-'));
  try {
    const files = new Map(blocks.map((block) => [fileOf(block), block]));
    for (const [file, block] of files) {
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      writeFileSync(path.join(folder, file), sourceOf(block));
    }
    writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(configOf([...files.keys()])));
    return compile(folder).map((line) => {
      const [, file = '', message] = /^(\S+)\(\d+,\d+\): (.*)/.exec(line) ?? [];
      const block = files.get(file);
      return block === undefined ? line : `${block.page}:${block.line}: ${message}`;
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function configOf(files: readonly string[]): object {
  return {
    extends: path.join(ROOT, 'tsconfig.json'),
    compilerOptions: { rootDir: ROOT, noUnusedLocals: false, verbatimModuleSyntax: false },
    include: [],
    files,
  };
}

function compile(folder: string): string[] {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [COMPILER, '-p', '.', '--pretty', 'false', '--singleThreaded'],
    {
      cwd: folder,
      encoding: 'utf8',
    },
  );
  const lines = `${stdout}${stderr}`.split('\n').filter((line) => line !== '');
  return status === 0 || lines.length > 0 ? lines : [`${COMPILER} exited with ${status}`];
}

/**
 * Returns the name of a block's file. Blocks of one page can import each other by the names in their directives
 * `module` or `file`.
 */
function fileOf({ page, line, directives }: CodeBlock): string {
  const name = directives['module'] ?? directives['file'] ?? `block-${line}.ts`;
  return path.join(page.replace(/\W/g, '-'), name);
}

function sourceOf({ text, directives }: CodeBlock): string {
  return `${directives['setup'] ?? ''}\n${text}\nexport {};\n`;
}
