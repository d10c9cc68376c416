/** Finds the pages to which messages of the product refer. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const ROOT = path.resolve(import.meta.dirname, '../..');
const PRODUCT = ['bin', 'client', 'lambdas', 'lib'];

/** Matches the path of a page as it is in the folder of the installed package. */
const PAGE = /(?<![\w/.-])(?:dist\/)?(?:docs|lib)\/[\w/.-]*\.md/g;

/** Returns each page to which a string in the product's sources refers, with the source file. */
export function pagesInMessages(): { readonly source: string; readonly page: string }[] {
  return PRODUCT.flatMap((folder) =>
    readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => path.join(folder, file)),
  ).flatMap((source) =>
    stringsOf(source)
      .flatMap((text) => text.match(PAGE) ?? [])
      .map((page) => ({ source, page })),
  );
}

function stringsOf(source: string): string[] {
  const text = readFileSync(path.join(ROOT, source), 'utf8');
  // Skips most files without parsing them.
  if (!text.includes('.md')) return [];
  const strings: string[] = [];
  const visit = (node: ts.Node): void => {
    if (
      ts.isStringLiteralLike(node) ||
      ts.isTemplateHead(node) ||
      ts.isTemplateMiddle(node) ||
      ts.isTemplateTail(node)
    ) {
      strings.push(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(source, text, ts.ScriptTarget.Latest));
  return strings;
}
