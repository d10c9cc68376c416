/** A piece of an `Fn::Sub` string: text as it stands, or a name to put in. */
export type SubPart = { readonly text: string } | { readonly name: string };

/** `${Name}`, `${Name.Attribute}`, and `${!Name}`, which stands for the text `${Name}`. */
const EXPRESSION = /\$\{(!?)([^{}]+)\}/g;

/** Takes an `Fn::Sub` string apart. */
export function parseSub(template: string): readonly SubPart[] {
  const parts: SubPart[] = [];
  let end = 0;
  for (const match of template.matchAll(EXPRESSION)) {
    const [whole, literal, name = ''] = match;
    if (match.index > end) parts.push({ text: template.slice(end, match.index) });
    parts.push(literal === '!' ? { text: `\${${name}}` } : { name: name.trim() });
    end = match.index + whole.length;
  }
  if (end < template.length) parts.push({ text: template.slice(end) });
  return parts;
}
