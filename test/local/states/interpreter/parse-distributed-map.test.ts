import { describe, expect, it } from '@jest/globals';

import { parseDefinition } from '../../../../lib/local/states/interpreter/parse-definition.js';
import { aDefinition } from '../a-machine.js';
import { aDistributedMap, aReader, aWriter } from '../a-map.js';

const integrations = { 'lambda:invoke': { required: ['FunctionName'], optional: ['Payload'] } };
const done = { Done: { Type: 'Pass', End: true } };
const csv = (config: object) =>
  aDistributedMap(done, { ItemReader: aReader({ key: 'a', InputType: 'CSV', ...config }) });
const reader = (overrides: object) =>
  aDistributedMap(done, { ItemReader: { ...aReader({ key: 'a', InputType: 'JSON' }), ...overrides } });
const writer = (value: object) => aDistributedMap(done, { ResultWriter: value });
const config = (processor: object, overrides: object = {}) =>
  aDefinition({
    Each: {
      Type: 'Map',
      ItemProcessor: { ProcessorConfig: processor, StartAt: 'Done', States: done },
      End: true,
      ...overrides,
    },
  });

function labelOf(definition: unknown, name = 'Each'): string | undefined {
  const state = parseDefinition(definition, { integrations }).states.get(name);
  return state?.type === 'Map' ? state.distributed?.label : undefined;
}

/** Returns a machine with two distributed Map states, one after the other. */
function twoMaps(labels: readonly [string, string]): unknown {
  const state = (label: string, inner: string, overrides: object) => ({
    Type: 'Map',
    Label: label,
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: inner,
      States: { [inner]: { Type: 'Pass', End: true } },
    },
    ...overrides,
  });
  return aDefinition({
    One: state(labels[0], 'A', { Next: 'Two' }),
    Two: state(labels[1], 'B', { End: true }),
  });
}

describe('parseDefinition of a distributed Map state', () => {
  it('`parseDefinition` accepts every field of a distributed Map state', () => {
    const definition = aDistributedMap(done, {
      Label: 'my-label',
      ItemReader: aReader({ key: '{% $states.input.key %}', InputType: 'JSONL', MaxItems: 5 }),
      ItemBatcher: { MaxItemsPerBatch: 2, MaxInputBytesPerBatch: '{% 1000 %}', BatchInput: { a: 1 } },
      ResultWriter: aWriter,
      MaxConcurrency: 7,
      ToleratedFailureCount: 1,
      ToleratedFailurePercentage: 0.5,
    });
    const state = parseDefinition(definition, { integrations }).states.get('Each');
    expect(state).toMatchObject({
      maxConcurrency: 7,
      distributed: { label: 'my-label', toleratedFailureCount: 1, toleratedFailurePercentage: 0.5 },
    });
  });

  it('The label defaults to the name of the state, or to its usable part with a hash', () => {
    expect(labelOf(aDistributedMap(done))).toBe('Each');
    const processor = { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } };
    const named = aDefinition({
      'My map: all': {
        Type: 'Map',
        ItemProcessor: { ...processor, StartAt: 'Done', States: done },
        End: true,
      },
    });
    expect(labelOf(named, 'My map: all')).toMatch(/^Mymapall-[0-9a-f]{8}$/);
  });

  it('The children of a distributed Map state may assign the variables of the states around it', () => {
    const assigning = { Done: { Type: 'Pass', Assign: { v: 1 }, End: true } };
    const definition = aDistributedMap(assigning, { Assign: { v: 2 } });
    expect(() => parseDefinition(definition, { integrations })).not.toThrow();
  });

  it.each([
    [
      'EXPRESS children',
      config({ Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' }),
      /STANDARD child executions only at .*\/ExecutionType'/,
    ],
    ['a missing ExecutionType', config({ Mode: 'DISTRIBUTED' }), /STANDARD child executions only/],
    ['an unknown mode', config({ Mode: 'FAST' }), /Expected one of INLINE, DISTRIBUTED/],
    [
      'an ItemReader of an inline Map state',
      config({ Mode: 'INLINE' }, { ItemReader: {} }),
      /Field "ItemReader" is not supported in an inline Map state/,
    ],
    ['a ResultWriter of an inline Map state', config({}, { ResultWriter: aWriter }), /Field "ResultWriter"/],
    [
      'both Items and ItemReader',
      aDistributedMap(done, { Items: [], ItemReader: {} }),
      /at most one of "Items" and "ItemReader"/,
    ],
    [
      'a label of 41 characters',
      aDistributedMap(done, { Label: 'x'.repeat(41) }),
      /1 to 40 characters.*\/Label'/,
    ],
    ['a label with a slash', aDistributedMap(done, { Label: 'a/b' }), /special characters/],
    [
      'two states with one label',
      twoMaps(['same', 'same']),
      /two Map states with the label "same" at \/States\/Two\/Label'/,
    ],
    [
      'an unknown resource',
      reader({ Resource: 'arn:aws:states:::s3:getThing' }),
      /the local AWS has s3:getObject, s3:listObjectsV2/,
    ],
    [
      'a reader without a bucket',
      reader({ Arguments: { Key: 'k' } }),
      /Expected a string at .*\/Arguments\/Bucket'/,
    ],
    [
      'a version of the object',
      reader({ Arguments: { Bucket: 'b', Key: 'k', VersionId: 'v' } }),
      /Field "VersionId"/,
    ],
    ['a reader without its config', reader({ ReaderConfig: undefined }), /"ReaderConfig" with "InputType"/],
    [
      'a manifest',
      reader({ ReaderConfig: { InputType: 'MANIFEST' } }),
      /one of JSON, JSONL, CSV at .*\/InputType'/,
    ],
    ['MaxItems of 0', reader({ ReaderConfig: { InputType: 'JSON', MaxItems: 0 } }), /whole number from 1/],
    [
      'a CSV field for JSON',
      reader({ ReaderConfig: { InputType: 'JSON', CSVDelimiter: 'TAB' } }),
      /Field "CSVDelimiter"/,
    ],
    ['CSV without the location of its headers', csv({}), /one of FIRST_ROW, GIVEN/],
    [
      'CSV without its given headers',
      csv({ CSVHeaderLocation: 'GIVEN' }),
      /at least one item at .*\/CSVHeaders'/,
    ],
    [
      'headers beside those of the first row',
      csv({ CSVHeaderLocation: 'FIRST_ROW', CSVHeaders: ['a'] }),
      /needs the "CSVHeaderLocation" GIVEN/,
    ],
    [
      'an unknown delimiter',
      csv({ CSVHeaderLocation: 'FIRST_ROW', CSVDelimiter: '#' }),
      /one of COMMA, PIPE/,
    ],
    [
      'an ItemBatcher without a limit',
      aDistributedMap(done, { ItemBatcher: { BatchInput: {} } }),
      /"MaxItemsPerBatch" or "MaxInputBytesPerBatch"/,
    ],
    [
      'batches of more than 256 KiB',
      aDistributedMap(done, { ItemBatcher: { MaxInputBytesPerBatch: 262_145 } }),
      /from 1 to 262144/,
    ],
    ['an empty ResultWriter', writer({}), /"Resource" and "Arguments", "WriterConfig", or all three/],
    [
      'an unknown transformation',
      writer({ ...aWriter, WriterConfig: { OutputType: 'JSON', Transformation: 'ZIP' } }),
      /one of NONE, COMPACT, FLATTEN at .*\/Transformation'/,
    ],
    [
      'JSONL that is not written',
      writer({ WriterConfig: { OutputType: 'JSONL', Transformation: 'NONE' } }),
      /JSONL is supported only for results that are written to S3/,
    ],
    ['a percentage over 100', aDistributedMap(done, { ToleratedFailurePercentage: 101 }), /from 0 to 100/],
    [
      'ToleratedFailureCountPath',
      aDistributedMap(done, { ToleratedFailureCountPath: '$.n' }),
      /"ToleratedFailureCount" instead of/,
    ],
  ])('`parseDefinition` refuses %s', (_what, definition, message) => {
    expect(() => parseDefinition(definition, { integrations })).toThrow(
      expect.objectContaining({ code: 'InvalidDefinition', message: expect.stringMatching(message) }),
    );
  });
});
