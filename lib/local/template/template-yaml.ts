import {
  type CollectionTag,
  Pair,
  parseDocument,
  Scalar,
  type ScalarTag,
  type Tags,
  visit,
  YAMLMap,
  type YAMLSeq,
} from 'yaml';

import { LocalAwsError } from '../local-aws-error.js';
import { DATA_MAX_DEPTH } from '../wire/data-depth.js';
import { nestingOf } from '../wire/text-nesting.js';
import { attributeReference } from './intrinsic-call.js';

/**
 * Functions that have a short form such as `!Sub`.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
 */
const FUNCTIONS = [
  ...['And', 'Base64', 'Cidr', 'Equals', 'FindInMap', 'GetAtt', 'GetAZs', 'If', 'ImportValue', 'Join'],
  ...['Length', 'Not', 'Or', 'Select', 'Split', 'Sub', 'ToJsonString', 'Transform'],
];

/**
 * Tags of YAML 1.1 that CloudFormation does not support. Without the tag `timestamp`, a date such as that in
 * `Version: 2012-10-17` is read as text.
 */
const UNSUPPORTED_TAGS = ['binary', 'merge', 'omap', 'pairs', 'set', 'timestamp'].map(
  (name) => `tag:yaml.org,2002:${name}`,
);

/**
 * Parses a template in YAML, including the short forms of intrinsic functions.
 * @throws LocalAwsError `UnsupportedTemplate` with line and column
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
 */
export function readTemplateYaml(text: string): unknown {
  if (nestingOf(text) > DATA_MAX_DEPTH) throw notYaml(`it is nested deeper than ${DATA_MAX_DEPTH} levels`);
  const document = parseDocument(text, { version: '1.1', customTags: templateTags, logLevel: 'silent' });
  // Warnings are errors here: for an unknown tag, the library only warns, and drops the tag.
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) throw notYaml(problem.message.replace(/:\n[^]*$/, ''));
  visit(document, {
    Alias: () => {
      throw notYaml('YAML aliases are not allowed in CloudFormation templates');
    },
  });
  return document.toJS() as unknown;
}

function notYaml(reason: string): LocalAwsError {
  return new LocalAwsError('UnsupportedTemplate', `The template is neither JSON nor YAML: ${reason}`);
}

function templateTags(tags: Tags): Tags {
  const supported = tags.filter((tag) => typeof tag === 'string' || !UNSUPPORTED_TAGS.includes(tag.tag));
  const short = ['Ref', 'Condition', ...FUNCTIONS.map((name) => `Fn::${name}`)].flatMap(shortForms);
  return [...supported, ...short];
}

/**
 * Returns the YAML tags for the short form of a function, such as `!Sub`: one for text, one for lists and one for
 * maps.
 */
function shortForms(name: string): (ScalarTag | CollectionTag)[] {
  const tag = `!${name.replace('Fn::', '')}`;
  const wrap = (argument: YAMLMap | YAMLSeq): YAMLMap => {
    const call = new YAMLMap();
    call.items.push(new Pair(new Scalar(name), argument));
    return call;
  };
  return [
    {
      tag,
      resolve: (text) => ({ [name]: name === 'Fn::GetAtt' ? (attributeReference(text) ?? text) : text }),
    },
    { tag, collection: 'seq', resolve: (list) => wrap(list) },
    { tag, collection: 'map', resolve: (map) => wrap(map) },
  ];
}
