/** Percent-encodes all except the unreserved characters of RFC 3986, as Signature Version 4 requires. */
export function encodeUriPart(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Percent-encodes the segments of a path. */
export function encodeUriPath(path: string): string {
  return path.split('/').map(encodeUriPart).join('/');
}

/**
 * Decodes percent-encoded text.
 * @returns undefined if it is not percent-encoded UTF-8
 */
export function decodeUriPart(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
