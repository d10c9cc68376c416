import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { afterEach, describe, expect, it } from '@jest/globals';

import { aDistributedMap, aReader, aWriter, readJson, type WrittenChild } from './a-map.js';
import { closeOpened, open } from './open-states.js';

afterEach(closeOpened);

const ITEMS = 1_500;
/** Together, the items have 21 MB of text. A map run that kept all of them would exceed KEPT_MAX_BYTES. */
const ITEM_BYTES = 14_000;
const KEPT_MAX_BYTES = 10 * 1024 ** 2;
/**
 * Number of events between two measurements of the memory. A measurement takes up to a second in a large process.
 */
const EVENTS_PER_LOOK = 400;

/** Returns the size of the heap after a garbage collection, in bytes. */
function keptBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

describe('A map run of 1,500 items', () => {
  it('A map run of 1,500 items keeps neither items nor results in memory', async () => {
    const definition = aDistributedMap(
      { P: { Type: 'Pass', Output: '{% $states.input.n %}', End: true } },
      {
        MaxConcurrency: 80,
        ItemReader: aReader({ key: 'items.jsonl', InputType: 'JSONL' }),
        ResultWriter: aWriter,
      },
    );
    const place = await open({ definition });
    const lines = Array.from({ length: ITEMS }, (_, n) =>
      JSON.stringify({ n, text: 'x'.repeat(ITEM_BYTES) }),
    );
    await place.objects.write('bucket', 'items.jsonl', Buffer.from(lines.splice(0).join('\n')));
    const { machineArn: stateMachineArn, call } = place;
    const atFirst = keptBytes();
    const { executionArn } = await call('StartExecution', { stateMachineArn });
    const kept: number[] = [];
    let description = await call('DescribeExecution', { executionArn });
    while (description.status === 'RUNNING') {
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (place.events.length >= EVENTS_PER_LOOK) {
        place.events.length = 0;
        kept.push(keptBytes() - atFirst);
      }
      description = await call('DescribeExecution', { executionArn });
    }
    expect(description.status).toBe('SUCCEEDED');
    expect(kept.length).toBeGreaterThan(5);
    expect(Math.max(...kept)).toBeLessThan(KEPT_MAX_BYTES);
    const { MapRunArn: mapRunArn } = JSON.parse(String(description.output)) as { MapRunArn: string };
    expect(await call('DescribeMapRun', { mapRunArn })).toMatchObject({
      status: 'SUCCEEDED',
      itemCounts: { total: ITEMS, succeeded: ITEMS, resultsWritten: ITEMS, pending: 0, running: 0 },
    });
    const results = await readJson<WrittenChild[]>(
      place.objects,
      `results/${mapRunArn.split(':').at(-1)}/SUCCEEDED_0.json`,
    );
    const numbers = new Set(results.map(({ Output: output }) => Number(output)));
    expect([results.length, numbers.size, Math.min(...numbers), Math.max(...numbers)]).toEqual([
      ITEMS,
      ITEMS,
      0,
      ITEMS - 1,
    ]);
  }, 180_000);
});
