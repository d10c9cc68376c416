import { describe, expect, it } from '@jest/globals';

import { parseTemplate } from '../../../lib/local/template/template.js';
import { aStackBench } from './a-stack.js';

/** Returns the parsed properties of a resource. @param yaml the properties in YAML */
function propertiesOf(yaml: string): unknown {
  const indented = yaml.replace(/^/gm, '      ');
  return parseTemplate(`Resources:\n  Thing:\n    Type: Test::Thing\n    Properties:\n${indented}\n`)
    .Resources['Thing']?.Properties;
}

describe('Templates in YAML', () => {
  it.each<[string, unknown]>([
    ['A: !Ref Size', { Ref: 'Size' }],
    ['A: !GetAtt Thing.Arn', { 'Fn::GetAtt': ['Thing', 'Arn'] }],
    ['A: !GetAtt Nested.Outputs.Name', { 'Fn::GetAtt': ['Nested', 'Outputs.Name'] }],
    ['A: !GetAtt [Thing, Arn]', { 'Fn::GetAtt': ['Thing', 'Arn'] }],
    ["A: !Sub 'arn:${AWS::Partition}:s3:::${Name}'", { 'Fn::Sub': 'arn:${AWS::Partition}:s3:::${Name}' }],
    ['A: !Sub\n  - ${X}\n  - X: !Ref Size', { 'Fn::Sub': ['${X}', { X: { Ref: 'Size' } }] }],
    ['A: !Sub |\n  one\n  ${Two}', { 'Fn::Sub': 'one\n${Two}\n' }],
    ["A: !Join ['-', [a, !Ref B]]", { 'Fn::Join': ['-', ['a', { Ref: 'B' }]] }],
    ["A: !Select [0, !Split [',', !Ref B]]", { 'Fn::Select': [0, { 'Fn::Split': [',', { Ref: 'B' }] }] }],
    ['A: !If [Big, 1, !Ref AWS::NoValue]', { 'Fn::If': ['Big', 1, { Ref: 'AWS::NoValue' }] }],
    ['A: !If [!Not [!Condition Big], 1, 2]', { 'Fn::If': [{ 'Fn::Not': [{ Condition: 'Big' }] }, 1, 2] }],
    ['A: !FindInMap [M, k, v]', { 'Fn::FindInMap': ['M', 'k', 'v'] }],
    ['A: !Base64\n  Fn::Sub: x', { 'Fn::Base64': { 'Fn::Sub': 'x' } }],
    ['A: !ImportValue shared', { 'Fn::ImportValue': 'shared' }],
    ['A:\n  Fn::GetAtt: [Thing, Arn]', { 'Fn::GetAtt': ['Thing', 'Arn'] }],
  ])('A short form is read as its function: %s', (yaml, expected) => {
    expect(propertiesOf(yaml)).toEqual({ A: expected });
  });

  it.each<[string, unknown]>([
    ['Version: 2012-10-17', '2012-10-17'],
    ['At: 2001-12-14T21:59:43Z', '2001-12-14T21:59:43Z'],
    ['Yes: yes', true],
    ["Text: 'no'", 'no'],
    ['Number: 12', 12],
    ['Account: "012345678901"', '012345678901'],
    ['<<: plain', 'plain'],
    ['Empty:', null],
    ['80: port', 'port'],
    ['Folded: >-\n  one\n  two', 'one two'],
  ])('A value of a template in YAML keeps its type: %s', (yaml, expected) => {
    expect(Object.values(propertiesOf(yaml) as object)).toEqual([expected]);
  });

  it.each([
    ['A: &anchor x\nB: *anchor', 'YAML aliases are not allowed in CloudFormation templates'],
    ['A: !Unknown x', /Unresolved tag: !Unknown at line 5, column 10$/],
    ['A: !!binary aGk=', /Unresolved tag: tag:yaml.org,2002:binary/],
    ['A: 1\nA: 2', /Map keys must be unique at line 6, column 7$/],
    ['A: [1', /at line \d+, column \d+$/],
    [`A: ${'['.repeat(700)}${']'.repeat(700)}`, 'nested deeper than 600 levels'],
  ])('A template in YAML is refused with its fault: %.40s', (yaml, reason) => {
    expect(() => propertiesOf(yaml)).toThrow(
      expect.objectContaining({ code: 'UnsupportedTemplate', message: expect.stringMatching(reason) }),
    );
  });

  it('A fault in a JSON template is reported as one of JSON', () => {
    expect(() => parseTemplate('{"Resources": {"A": ')).toThrow(/^The template is not JSON: SyntaxError/);
    expect(() => parseTemplate('just text')).toThrow(/^The template is not valid: /);
  });

  it('A template in YAML that begins with a bracket is read', () => {
    expect(parseTemplate('{Resources: {A: {Type: T}}}').Resources).toEqual({ A: { Type: 'T' } });
  });

  it('A template in YAML is deployed, updated and kept as it was sent', async () => {
    const bench = await aStackBench();
    const templateText = (value: string) =>
      [
        'AWSTemplateFormatVersion: 2010-09-09',
        'Parameters:',
        '  Size: {Type: String, Default: big}',
        'Conditions:',
        '  IsBig: !Equals [!Ref Size, big]',
        'Resources:',
        '  Thing:',
        '    Type: Test::Thing',
        '    Condition: IsBig',
        `    Properties: {Value: [!Sub '${value}-\${Size}', Version: 2012-10-17]}`,
        'Outputs:',
        '  Name: {Value: !Ref Thing}',
      ].join('\n');
    const made = await bench.applier.apply({ stackName: 'demo', templateText: templateText('one') });
    expect(made).toMatchObject({ status: 'CREATE_COMPLETE', templateText: templateText('one') });
    const updated = await bench.applier.apply({ stackName: 'demo', templateText: templateText('two') });
    expect(updated).toMatchObject({ status: 'UPDATE_COMPLETE', templateText: templateText('two') });
    expect(bench.provider.existing.get('thing-Thing')).toMatchObject({
      Value: ['two-big', { Version: '2012-10-17' }],
    });
    await bench.context.dispose();
  });
});
