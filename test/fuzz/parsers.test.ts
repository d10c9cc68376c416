import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { LocalAwsError } from '../../lib/local/local-aws-error.js';
import { parseBuildspec } from '../../lib/local/codebuild/buildspec.js';
import { PhaseFailure } from '../../lib/local/codebuild/phase-failure.js';
import { compileEventPattern } from '../../lib/local/events/event-pattern.js';
import { parseSchedule } from '../../lib/local/events/schedule-expression.js';
import { parseFilterPattern } from '../../lib/local/logs/filter-pattern.js';
import { decodeChunks } from '../../lib/local/s3/decode-chunks.js';
import { parseXml } from '../../lib/local/s3/parse-xml.js';
import { parseDefinition } from '../../lib/local/states/interpreter/parse-definition.js';
import { resolve, type Scope } from '../../lib/local/template/intrinsics.js';
import type { Json } from '../../lib/local/resources/resource-provider.js';
import { parseTemplate } from '../../lib/local/template/template.js';
import { AwsError } from '../../lib/local/wire/aws-error.js';
import { CAMPAIGN_MS, holds } from './campaign.js';
import { jsonText, mutated, nastyJson, nastyText } from './nasty.js';

type ErrorClass = abstract new (...args: never[]) => Error;

/**
 * Returns the parsed value, or undefined when the parser throws an error of the expected class. Throws any other
 * error.
 */
function read<T>(parse: () => T, own: ErrorClass): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof own)) throw error;
    expect(error.message).not.toBe('');
    return undefined;
  }
}

const BUILDSPEC = {
  version: 0.2,
  env: { shell: 'bash', variables: { A: 'b' }, 'exported-variables': ['A'], 'secrets-manager': { S: 'a:b' } },
  phases: {
    install: { 'runtime-versions': { nodejs: 24 }, commands: ['true'], 'on-failure': 'ABORT' },
    build: { commands: ['true'], finally: ['true'] },
  },
  artifacts: { files: ['**/*'], 'base-directory': 'out' },
};

const DEFINITION = {
  QueryLanguage: 'JSONata',
  StartAt: 'A',
  States: {
    A: { Type: 'Pass', Assign: { x: '{% 1 %}' }, Next: 'B' },
    B: { Type: 'Choice', Choices: [{ Condition: '{% true %}', Next: 'C' }], Default: 'D' },
    C: { Type: 'Wait', Seconds: 1, Next: 'D' },
    D: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Arguments: { FunctionName: 'f', Payload: '{% $states.input %}' },
      Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1, MaxAttempts: 2, BackoffRate: 2 }],
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'E' }],
      TimeoutSeconds: 10,
      Next: 'G',
    },
    G: {
      Type: 'Parallel',
      Branches: [{ StartAt: 'H', States: { H: { Type: 'Pass', End: true } } }],
      Arguments: { a: '{% $x %}' },
      Next: 'I',
    },
    I: {
      Type: 'Map',
      Label: 'l',
      ItemReader: {
        Resource: 'arn:aws:states:::s3:getObject',
        Arguments: { Bucket: 'b', Key: 'k' },
        ReaderConfig: { InputType: 'CSV', CSVHeaderLocation: 'GIVEN', CSVHeaders: ['a'], MaxItems: 3 },
      },
      ItemSelector: { v: '{% $states.context.Map.Item.Value %}' },
      ItemBatcher: { MaxItemsPerBatch: 2, BatchInput: { b: 1 } },
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
        StartAt: 'J',
        States: { J: { Type: 'Succeed' } },
      },
      ResultWriter: {
        Resource: 'arn:aws:states:::s3:putObject',
        Arguments: { Bucket: 'b', Prefix: 'p' },
        WriterConfig: { Transformation: 'COMPACT', OutputType: 'JSONL' },
      },
      MaxConcurrency: '{% 2 %}',
      ToleratedFailurePercentage: 5,
      Next: 'F',
    },
    E: { Type: 'Fail', Error: 'x', Cause: 'y' },
    F: { Type: 'Succeed' },
  },
};

const TEMPLATE = {
  Parameters: { P: { Type: 'String', Default: 'a' } },
  Conditions: { C: { 'Fn::Equals': [{ Ref: 'P' }, 'a'] } },
  Resources: {
    A: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::Sub': '${P}-${AWS::Region}' } } },
    B: { Type: 'AWS::SQS::Queue', DependsOn: 'A', Properties: { Q: { 'Fn::GetAtt': ['A', 'Arn'] } } },
  },
  Outputs: { O: { Value: { 'Fn::If': ['C', { Ref: 'A' }, { Ref: 'AWS::NoValue' }] } } },
};

const INTRINSICS = [
  'Ref',
  'Fn::Sub',
  'Fn::Join',
  'Fn::Select',
  'Fn::Split',
  'Fn::If',
  'Fn::GetAtt',
  'Fn::FindInMap',
  'Fn::ImportValue',
  'Fn::Base64',
  'Fn::GetAZs',
  'Condition',
];

describe('Parsers of the local AWS', () => {
  it(
    'The buildspec parser returns a buildspec or fails the phase with what is wrong',
    async () => {
      const texts = fc.oneof(
        mutated(fc.constant(BUILDSPEC)).map(jsonText),
        nastyText,
        fc
          .array(fc.tuple(nastyText, nastyText), { maxLength: 4 })
          .map((pairs) => pairs.map(([a, b]) => `${a}: ${b}`).join('\n')),
        fc.constantFrom(
          'a: &a [*a]',
          `${'[&a '.repeat(500)}`,
          `a: ${'['.repeat(20_000)}`,
          `x: ${'- '.repeat(5_000)}1`,
        ),
      );
      await holds(
        fc.property(texts, (text) => void read(() => parseBuildspec(text), PhaseFailure)),
        150,
      );
    },
    CAMPAIGN_MS,
  );

  it(
    'The state machine parser returns a definition or names the place of the mistake',
    async () => {
      const integrations = { 'lambda:invoke': { required: ['FunctionName'], optional: ['Payload'] } };
      await holds(
        fc.property(mutated(fc.constant(DEFINITION)), (value) => {
          const received = JSON.parse(jsonText(value)) as unknown;
          read(() => parseDefinition(received, { integrations }), AwsError);
        }),
        150,
      );
    },
    CAMPAIGN_MS,
  );

  it(
    'The template parser returns a template or reports what is wrong',
    async () => {
      const texts = fc.oneof(
        mutated(fc.constant(TEMPLATE)).map(jsonText),
        nastyJson.map(jsonText),
        nastyText,
      );
      await holds(
        fc.property(texts, (text) => void read(() => parseTemplate(text), LocalAwsError)),
        150,
      );
    },
    CAMPAIGN_MS,
  );

  it(
    'Intrinsic functions are resolved, or the wrong one is named',
    async () => {
      const scope: Scope = {
        ref: () => 'x',
        attribute: () => 'x',
        condition: () => true,
        mapped: () => 'x',
        exported: () => 'x',
        isPreview: false,
      };
      const calls = fc.letrec<{ value: unknown }>((tie) => ({
        value: fc.oneof(
          { maxDepth: 4 },
          nastyJson,
          fc
            .tuple(fc.constantFrom(...INTRINSICS), tie('value'))
            .map(([name, argument]) => ({ [name]: argument })),
          fc.array(tie('value'), { maxLength: 3 }),
        ),
      })).value;
      await holds(
        fc.property(calls, (value) => void read(() => resolve(value as Json, scope), LocalAwsError)),
        150,
      );
    },
    CAMPAIGN_MS,
  );

  it(
    'Event patterns, schedules, filters and XML are parsed, or refused as the service does',
    async () => {
      const rule = fc.constant({
        source: ['a', { prefix: 'b' }, { 'anything-but': ['c'] }, { numeric: ['>', 1] }],
        detail: { $or: [{ a: [1] }, { b: [{ exists: true }] }] },
      });
      await holds(
        fc.property(mutated(rule), nastyJson, nastyText, (pattern, event, text) => {
          const test = read(() => compileEventPattern(jsonText(pattern)), AwsError);
          expect([true, false, undefined]).toContain(test?.(event));
          expect([true, false, undefined]).toContain(read(() => parseFilterPattern(text), AwsError)?.(text));
          for (const expression of [text, `cron(${text})`, `cron(0 2 ${text} * ? *)`]) {
            const nextMs = read(() => parseSchedule(expression), AwsError)?.nextMs(0);
            if (nextMs !== undefined) expect(nextMs).toBeGreaterThanOrEqual(60_000);
          }
          read(() => parseXml(`<Delete>${text}</Delete>`, 'Delete'), AwsError);
          read(() => parseXml(text, 'Delete'), AwsError);
        }),
        150,
      );
    },
    CAMPAIGN_MS,
  );

  it(
    'A chunked body is decoded, or refused as S3 does',
    async () => {
      const lines = fc.oneof(
        fc.constantFrom(
          '5',
          '0',
          'fffffffffff',
          '-1',
          '5;chunk-signature=x',
          'hello',
          '',
          'x-amz-checksum-crc32:AAAA',
          'no colon',
        ),
        nastyText,
      );
      await holds(
        fc.asyncProperty(
          fc.array(lines, { maxLength: 8 }),
          fc.constantFrom('\r\n', '\n'),
          async (found, end) => {
            const source = (async function* () {
              for (const line of found) yield Buffer.from(`${line}${end}`);
            })();
            let sizeBytes = 0;
            try {
              for await (const piece of decodeChunks(source, { trailers: new Map() }))
                sizeBytes += piece.length;
            } catch (error) {
              if (!(error instanceof AwsError)) throw error;
            }
            expect(sizeBytes).toBeLessThanOrEqual(Buffer.byteLength(found.join(end)) + 20);
          },
        ),
        150,
      );
    },
    CAMPAIGN_MS,
  );
});
