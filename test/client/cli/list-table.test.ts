import { describe, expect, it } from '@jest/globals';

import { formatIdTable } from '../../../client/cli/list-table.js';

const IDS = ['01a2240f-fa57-750c-8a42-c06f81e56f2b', '01b7350a-fb00-7000-8a42-c06f81e56f2b'];
const HEAD = ['MAP', 'STATUS', 'AGE', 'INPUTS', 'FAILED', 'TARGET'];
const ROWS = IDS.map((id) => [id, 'SUCCEEDED', '2h', '100', '0', 'src/resize.ts#resize']);
const table = (columns?: number) => formatIdTable(HEAD, ROWS, 0, { colour: false, columns });

describe('formatIdTable', () => {
  it.each([undefined, 120, 90])(
    'Ids are whole if a table with whole ids fits, as with %s columns',
    (columns) => {
      expect(table(columns)[1]).toBe(`${IDS[0]}  SUCCEEDED  2h   100     0       src/resize.ts#resize`);
    },
  );

  it('On a terminal that is too narrow for them, ids have 13 characters, and on a narrower one eight', () => {
    expect(table(89)[1]).toBe('01a2240f-fa57  SUCCEEDED  2h   100     0       src/resize.ts#resize');
    expect(table(64).slice(0, 2)).toEqual([
      'MAP            STATUS     AGE  INPUTS  FAILED  TARGET',
      '01a2240f-fa57  SUCCEEDED  2h   100     0       src/resize.ts#re…',
    ]);
    expect(table(50)[1]).toBe('01a2240f  SUCCEEDED  2h   100     0       src/res…');
  });

  it('An id that has a line of its own is whole', () => {
    expect(table(40).slice(2)).toEqual([
      IDS[0],
      '  SUCCEEDED  2h   100     0       src/r…',
      IDS[1],
      '  SUCCEEDED  2h   100     0       src/r…',
    ]);
  });

  it('Ids in another column are shortened beside a whole name', () => {
    const locks = [['deploy-prod', IDS[0] ?? '', 'BUILDING']];
    const at = (columns: number) =>
      formatIdTable(['LOCK', 'HELD BY', 'STATUS'], locks, 1, { colour: false, columns })[1];

    expect(at(60)).toBe(`deploy-prod  ${IDS[0]}  BUILDING`);
    expect(at(40)).toBe('deploy-prod  01a2240f-fa57  BUILDING');
  });
});
