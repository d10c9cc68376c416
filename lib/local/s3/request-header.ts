import type { IncomingHttpHeaders } from 'node:http';

/** A header that is given once. */
export function headerText(
  request: { readonly headers: IncomingHttpHeaders },
  name: string,
): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}
