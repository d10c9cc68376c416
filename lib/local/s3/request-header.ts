import type { IncomingHttpHeaders } from 'node:http';

/** Returns the value of a header. Joins several values with commas. */
export function headerText(
  request: { readonly headers: IncomingHttpHeaders },
  name: string,
): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}
