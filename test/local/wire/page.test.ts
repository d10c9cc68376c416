import { describe, expect, it } from '@jest/globals';

import { AwsError } from '../../../lib/local/wire/aws-error.js';
import { page, pageToken } from '../../../lib/local/wire/page.js';

const invalidToken = (token: string) => new AwsError('InvalidToken', `Invalid token ${token}`);

function pageOf(list: readonly string[], token?: string, order?: 'ascending' | 'descending' | 'other') {
  return page(list, (item) => item, { limit: 2, token, invalidToken, ...(order && { order }) });
}

describe('page', () => {
  it('`page` walks through a list, and the last page has no token', () => {
    const first = pageOf(['a', 'b', 'c', 'd']);
    expect(first).toEqual({ items: ['a', 'b'], nextToken: pageToken('b') });
    expect(pageOf(['a', 'b', 'c', 'd'], first.nextToken)).toEqual({
      items: ['c', 'd'],
      nextToken: undefined,
    });
  });

  it('`page` returns an empty last page for an empty list', () => {
    expect(pageOf([])).toEqual({ items: [], nextToken: undefined });
  });

  it('`page` does not repeat an item after another was added before it', () => {
    const { nextToken } = pageOf(['b', 'c', 'd']);
    expect(pageOf(['a', 'b', 'c', 'd'], nextToken).items).toEqual(['d']);
  });

  it('`page` continues after an item that was deleted, unless the list is not sorted by its keys', () => {
    expect(pageOf(['a', 'c'], pageToken('b')).items).toEqual(['c']);
    expect(pageOf(['c', 'a'], pageToken('b'), 'descending').items).toEqual(['a']);
    expect(pageOf(['a'], pageToken('b'), 'ascending').items).toEqual([]);
    expect(() => pageOf(['a', 'c'], pageToken('b'), 'other')).toThrow('Invalid token');
  });

  it.each([
    'nonsense',
    '1',
    Buffer.from('[1]').toString('base64url'),
    Buffer.from('a').toString('base64url'),
  ])('`page` refuses the token %s with the error of the service', (token) => {
    expect(() => pageOf(['a'], token, 'ascending')).toThrow(`Invalid token ${token}`);
  });
});
