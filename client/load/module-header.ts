import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { compileWithMetadata } from '../bundle/modules/decorator-metadata.js';

/**
 * Expressions for a module's own path, with the names that replace them in compiled code. Each module declares the
 * names that it needs on its first line, so that line numbers stay the same.
 */
export const PLACE_NAMES: Readonly<Record<string, string>> = {
  'import.meta': 'codeseeder$meta',
  __filename: 'codeseeder$filename',
  __dirname: 'codeseeder$dirname',
};

/** A module's text to compile, which starts with the declarations of its own path. */
export interface ModuleText {
  readonly text: string;
  /** Whether the text is TypeScript that was compiled to JavaScript. */
  readonly isJavaScript: boolean;
}

/**
 * Reads a module to compile.
 * @throws CodeseederError `PackFailed` if decorators need metadata and the project has no `typescript`
 */
export async function readWithHeader(file: string): Promise<ModuleText> {
  // The declarations are inserted at the start. A hashbang is valid only there, so it becomes a comment.
  const source = (await readFile(file, 'utf8')).replace(/^#!/, '//');
  const compiled = /\.[cm]?tsx?$/.test(file) ? compileWithMetadata(file, source) : undefined;
  if (compiled === undefined) return { text: withHeader(file, source), isJavaScript: false };
  const map = Buffer.from(compiled.map).toString('base64');
  const text = `${compiled.text.replace(/^#!/, '//')}\n//# sourceMappingURL=data:application/json;base64,${map}\n`;
  return { text: withHeader(file, text), isJavaScript: true };
}

function withHeader(file: string, text: string): string {
  const declared = Object.entries(declarations(file)).filter(([name]) => text.includes(name));
  return `${declared.map(([, declaration]) => declaration).join('')}${text}`;
}

function declarations(file: string): Readonly<Record<string, string>> {
  const url = JSON.stringify(pathToFileURL(file).href);
  const filename = JSON.stringify(file);
  const dirname = JSON.stringify(path.dirname(file));
  const resolve = `(specifier)=>/^([./]|[a-z]+:)/.test(specifier)?new URL(specifier,${url}).href:process.getBuiltinModule('node:url').pathToFileURL(process.getBuiltinModule('node:module').createRequire(${url}).resolve(specifier)).href`;
  return {
    'import.meta': `const codeseeder$meta={url:${url},filename:${filename},dirname:${dirname},resolve:${resolve}};`,
    __filename: `const codeseeder$filename=${filename};`,
    __dirname: `const codeseeder$dirname=${dirname};`,
  };
}
