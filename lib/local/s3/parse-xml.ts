import { XMLParser } from 'fast-xml-parser';

import { AwsError } from '../wire/aws-error.js';

const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  trimValues: false,
  htmlEntities: true,
  removeNSPrefix: true,
});

export type XmlElement = Readonly<Record<string, unknown>>;

/** Returns the root element of a document. @throws AwsError `MalformedXML` */
export function parseXml(text: string, root: string): XmlElement {
  let found: unknown;
  try {
    found = (parser.parse(text, true) as XmlElement)[root];
  } catch {
    found = undefined;
  }
  if (typeof found === 'object' && found !== null) return found as XmlElement;
  throw malformed();
}

/** Returns the child elements with the given name. */
export function childElements(element: XmlElement, name: string): XmlElement[] {
  const found = element[name];
  const list: unknown[] = Array.isArray(found) ? found : found === undefined ? [] : [found];
  return list.map((item) => {
    if (typeof item !== 'object' || item === null) throw malformed();
    return item as XmlElement;
  });
}

export function childText(element: XmlElement, name: string): string | undefined {
  const found = element[name];
  return typeof found === 'string' ? found : undefined;
}

export function malformed(): AwsError {
  return new AwsError(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  );
}
