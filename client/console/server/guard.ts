import type { IncomingMessage } from 'node:http';

import { ACTION_HEADER } from '../api.js';
import type { Session } from './session.js';

/** A refusal of a request. */
export interface Refusal {
  readonly status: 401 | 403 | 405 | 415;
  readonly message: string;
}

/**
 * Checks the origin of a request: its `Host`, so that no other name resolves to the console (DNS rebinding), and its
 * `Origin` and `Sec-Fetch-Site`, so that no page of another site uses it.
 *
 * @param own host and port of the console
 * @param isPage whether the request is for a page. A link of another site may open one
 */
export function refuseForeign(
  { headers }: Pick<IncomingMessage, 'headers'>,
  own: string,
  isPage: boolean,
): Refusal | undefined {
  if (headers.host !== own)
    return { status: 403, message: `The console answers requests to http://${own} only.` };
  const { origin } = headers;
  const site = headers['sec-fetch-site'];
  const isOwnSite = site === undefined || site === 'same-origin' || site === 'none';
  if ((origin !== undefined && origin !== `http://${own}`) || (!isPage && !isOwnSite))
    return { status: 403, message: 'The request comes from a page of another site.' };
  return undefined;
}

/** Checks that a request has the session's cookie. */
export function refuseStranger(
  { headers }: Pick<IncomingMessage, 'headers'>,
  session: Session,
  howToOpen = 'Open the console by the address with a token that the command printed.',
): Refusal | undefined {
  return session.isOpen(headers) ? undefined : { status: 401, message: howToOpen };
}

/**
 * Checks that a request with an effect was made by the console's own pages, which no form of another site can imitate.
 */
export function refuseForgedAction(
  { headers }: Pick<IncomingMessage, 'headers'>,
  own: string,
): Refusal | undefined {
  if (headers.origin !== `http://${own}` || headers[ACTION_HEADER] === undefined)
    return { status: 403, message: `A POST needs the console's Origin and the header ${ACTION_HEADER}.` };
  const [type] = (headers['content-type'] ?? '').split(';');
  if (type?.trim() !== 'application/json')
    return { status: 415, message: 'A POST needs the content type application/json.' };
  return undefined;
}
