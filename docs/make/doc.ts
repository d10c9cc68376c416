import ts from 'typescript';

/** A docstring: its text, and the tags that the pages show. */
export interface Doc {
  readonly text: string;
  readonly default: string | undefined;
  /** Parameters: name and text. */
  readonly params: readonly string[];
  readonly returns: readonly string[];
  readonly throws: readonly string[];
  readonly see: readonly string[];
}

/** Reads the docstring of a node. */
export function docOf(node: ts.Node): Doc {
  const text = ts
    .getJSDocCommentsAndTags(node)
    .filter(ts.isJSDoc)
    .slice(-1)
    .map(({ comment }) => plain(comment))
    .join('');
  const tags = (name: string) =>
    ts
      .getJSDocTags(node)
      .filter(({ tagName }) => tagName.text === name)
      .map(tagText);
  return {
    text,
    default: tags('default')[0],
    params: tags('param'),
    returns: tags('returns'),
    throws: tags('throws'),
    see: tags('see'),
  };
}

/** Returns the text of a tag. The compiler parses the `https` of an address as the name that a tag links to. */
function tagText(tag: ts.JSDocTag): string {
  const source = tag.getText();
  const text = source.replace(/^@\w+\s*/, '').replaceAll(/\n\s*\*[ \t]?/g, '\n');
  return withoutLinks(text.replace(/[\s*/]+$/, '')).trim();
}

function plain(comment: string | ts.NodeArray<ts.JSDocComment> | undefined): string {
  return withoutLinks(ts.getTextOfJSDocComment(comment) ?? '').trim();
}

function withoutLinks(text: string): string {
  return text.replaceAll(/\{@link\s+([\w.]+)[^}]*\}/g, '`$1`');
}
