/** The Markdown pages of the repository, with their code blocks. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const ROOT = path.resolve(import.meta.dirname, '../..');

/** Folders whose pages do not belong to the project or are not in the repository. */
const SKIPPED = /^(node_modules|dist|cdk\.out|coverage|\.git|\.codeseeder|test)$/;

/** A fenced code block. */
export interface CodeBlock {
  readonly page: string;
  /** Line of the opening fence, counted from 1. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
  /**
   * Directives in HTML comments directly above the block: `<!-- name: value -->`, and the lines of `<!-- setup ...
   * -->`.
   */
  readonly directives: Readonly<Record<string, string>>;
}

/** Returns the paths of all pages, from the project's root. */
export function pages(folder = ''): string[] {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED.test(entry.name) ? [] : pages(file);
    return entry.name.endsWith('.md') ? [file] : [];
  });
}

/** Returns the pages whose code blocks are checked: those for users and contributors. */
export function followedPages(): string[] {
  return pages().filter((page) => /^(README|CONTRIBUTING|SECURITY)\.md$|^docs\//.test(page));
}

export function readPage(page: string): string {
  return readFileSync(path.join(ROOT, page), 'utf8');
}

/** Returns the code blocks of a page. */
export function blocksOf(page: string): CodeBlock[] {
  const text = readPage(page);
  const fence = /^( *)```(\w*)\n([\s\S]*?)^ *```$/gm;
  return [...text.matchAll(fence)].map((match) => ({
    page,
    line: text.slice(0, match.index).split('\n').length,
    language: match[2] ?? '',
    text: match[3] ?? '',
    directives: directivesAbove(text.slice(0, match.index)),
  }));
}

function directivesAbove(before: string): Record<string, string> {
  const directives: Record<string, string> = {};
  for (let rest = before.trimEnd(); rest.endsWith('-->');) {
    const start = rest.lastIndexOf('<!--');
    const comment = rest.slice(start + 4, -3);
    const [, name = '', value = ''] = /^\s*(setup|[\w ]+?)(?::|\n)\s*([\s\S]*?)\s*$/.exec(comment) ?? [];
    directives[name] = value;
    rest = rest.slice(0, start).trimEnd();
  }
  return directives;
}

/** Returns the commands of a console block: the text after each `$ `, with its continuation lines. */
export function commandsOf({ text }: CodeBlock): string[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((command) => command.trimEnd());
}
