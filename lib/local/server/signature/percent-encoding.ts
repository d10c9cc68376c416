/** Encodes everything but the unreserved characters of RFC 3986, as signatures require. */
export function encodeUriPart(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Encodes a path, but not its slashes. */
export function encodeUriPath(path: string): string {
  return path.split('/').map(encodeUriPart).join('/');
}

/** @returns undefined when the text is not percent-encoded UTF-8 */
export function decodeUriPart(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
