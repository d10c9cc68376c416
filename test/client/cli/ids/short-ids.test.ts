import { describe, expect, it } from '@jest/globals';

import { isStartOf, shortIds } from '../../../../client/cli/ids/short-ids.js';

const MAP = '01a2240f-fa57-750c-8a42-c06f81e56f2b';
const SAME_MINUTE = '01a2240f-fb00-7000-8a42-c06f81e56f2b';
const SAME_MILLISECOND = '01a2240f-fa57-751d-8a42-c06f81e56f2b';

describe('shortIds', () => {
  it('An id keeps the fewest characters that it has alone, and at least those that are asked for', () => {
    expect(shortIds([MAP, '02b2240f-1a57-750c-8a42-c06f81e56f2b'], 8)).toEqual(['01a2240f', '02b2240f']);
    expect(shortIds([MAP, SAME_MINUTE], 8)).toEqual(['01a2240f-fa', '01a2240f-fb']);
    expect(shortIds([MAP], 13)).toEqual(['01a2240f-fa57']);
    expect(shortIds([MAP, SAME_MILLISECOND], 13)).toEqual(['01a2240f-fa57-750', '01a2240f-fa57-751']);
  });

  it('An id that is the start of another stays whole, and that other one is longer', () => {
    expect(shortIds(['deploy-1', 'deploy-12'], 6)).toEqual(['deploy-1', 'deploy-12']);
    expect(shortIds(['deploy-1', 'deploy-12-of-today'], 6)).toEqual(['deploy-1', 'deploy-12']);
  });

  it('Equal and missing ids do not make each other longer', () => {
    expect(shortIds([MAP, MAP, ''], 8)).toEqual(['01a2240f', '01a2240f', '']);
  });

  it('The run of an input of a map has the start of its id and the whole index', () => {
    expect(shortIds([`${MAP}-1`, `${MAP}-12`], 8)).toEqual(['01a2240f-1', '01a2240f-12']);
  });

  it('The short id of a run of a map is not the start of the id of another run', () => {
    // 01a2240f-1 would name both.
    const ids = [`${MAP}-1`, '01a2240f-1b00-7000-8a42-c06f81e56f2b'];
    expect(shortIds(ids, 8)).toEqual(['01a2240f-f-1', '01a2240f-1b']);
  });

  it.each([
    [MAP, SAME_MINUTE, SAME_MILLISECOND],
    [`${MAP}-1`, `${MAP}-12`, `${MAP}-120`, MAP, SAME_MINUTE, `${SAME_MINUTE}-1`],
    ['deploy-prod', 'deploy-prod-2', 'deploy-stage', `${MAP}-7`],
  ])('Each short id names one of the ids %s, %s, %s …', (...ids) => {
    const named = shortIds(ids, 8).map(
      (text) => ids.find((id) => id === text) ?? ids.filter((id) => isStartOf(text, id)),
    );
    expect(named.flat()).toEqual(ids);
  });
});

describe('isStartOf', () => {
  it('The start of a map and an index name the run of this input only', () => {
    expect(isStartOf('01a2240f-12', `${MAP}-12`)).toBe(true);
    expect(isStartOf('01a2240f-fa57-12', `${MAP}-12`)).toBe(true);
    expect(isStartOf('01a2240f-1', `${MAP}-12`)).toBe(false);
    expect(isStartOf('01a2240f-2', `${MAP}-12`)).toBe(false);
    expect(isStartOf('01a22-12', `${MAP}-12`)).toBe(false);
    expect(isStartOf('01a2240f-12', MAP)).toBe(false);
  });
});
