import { beforeEach, describe, expect, it } from '@jest/globals';

import { aRunRequest } from '../../contract/builders.js';
import { noteIsOf } from '../trigger-note.js';
import { announced, changeOf, executionIs, reconcile, resetAccount, s3, table } from './mocked-account.js';

const scheduled = aRunRequest({ trigger: 'SCHEDULE' });

beforeEach(() => {
  resetAccount();
  executionIs({ status: 'ABORTED', input: JSON.stringify(scheduled) });
});

describe('The trigger of a run that was stopped before it had a record', () => {
  it.each([
    ['SCHEDULE', 'the note of start-run about it', scheduled],
    ['CLIENT', 'no note, although its request names another trigger', undefined],
    [
      'CLIENT',
      'a note about another request',
      aRunRequest({ trigger: 'SCHEDULE', labels: { of: 'another' } }),
    ],
  ])('The trigger is %s with %s', async (trigger, _, noted) => {
    await noteIsOf(noted, s3);
    await reconcile(changeOf('run-1'));
    expect(table.get('run-1')).toMatchObject({ trigger, status: 'CANCELED' });
    expect(announced()).toMatchObject([{ trigger }]);
  });
});
