// The project's own rules for the linter, in the form of an ESLint plugin.

const message =
  'Type the member `| undefined` and assign it; a conditional spread hides which members there are.';

const noConditionalSpread = {
  meta: { type: 'problem', schema: [] },
  create: (context) => ({
    'SpreadElement > LogicalExpression[operator="&&"]': (node) => context.report({ node, message }),
    'ObjectExpression > SpreadElement > ConditionalExpression': (node) => context.report({ node, message }),
  }),
};

// First words of titles that describe what something does, but not what does it.
const WITHOUT_SUBJECT = new Set(
  (
    'Is Are Was Were Has Have Does Can Cannot Must May Should Will Accepts Adds Creates Deletes Fails Finds Gives ' +
    'Ignores Includes Keeps Makes Parses Prints Reads Refuses Rejects Removes Reports Returns Sends Shows Stops ' +
    'Takes Throws Uses Waits Warns Works Writes'
  ).split(' '),
);

/** Returns what is wrong with the title of a test; undefined if it can be a whole sentence. */
function titleProblem(title) {
  const [first = '', ...others] = title.split(/\s+/);
  if (others.length < 2) return 'Write the title as a whole sentence of at least three words.';
  if (title.endsWith('.')) return 'Leave out the period at the end of the title.';
  if (WITHOUT_SUBJECT.has(first)) return `Begin the title with what is tested, not with "${first}".`;
  // A placeholder of it.each, such as %s or $name, stands for a value.
  if (!/^["(]?([A-Z`]|[%$]\w)/.test(first))
    return `Begin the title with a capital letter, or put \`${first}\` in backticks.`;
  return undefined;
}

/**
 * Returns whether a callee defines a test: `it`, `test`, or a function of ours such as `withNpm`; also with
 * `.each(...)`.
 */
function isTest(callee) {
  if (callee.type === 'Identifier') return /^(it|test|isolated|skipped|with[A-Z]\w*)$/.test(callee.name);
  if (callee.type === 'MemberExpression')
    return /^(each|only|skip)$/.test(callee.property.name) && isTest(callee.object);
  return (
    callee.type === 'CallExpression' && callee.callee.type === 'MemberExpression' && isTest(callee.callee)
  );
}

/** Returns the text of a title; undefined if it begins with a variable or is no literal. */
function textOf(node) {
  if (node?.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node?.type !== 'TemplateLiteral') return undefined;
  const text = node.quasis.map(({ value }) => value.cooked).join('%s');
  return text.startsWith('%s') ? undefined : text;
}

const testTitle = {
  meta: { type: 'suggestion', schema: [] },
  create: (context) => ({
    CallExpression: ({ callee, arguments: [title, body] }) => {
      if (!/Function/.test(body?.type) || !isTest(callee)) return;
      const text = textOf(title);
      const problem = text === undefined ? undefined : titleProblem(text);
      if (problem !== undefined) context.report({ node: title, message: problem });
    },
  }),
};

const COMMENT_MAX_CHARACTERS = 120;

// The formatter breaks lines of code, but not comments.
const commentWidth = {
  meta: { type: 'layout', schema: [] },
  create: (context) => ({
    Program() {
      for (const comment of context.sourceCode.getAllComments()) {
        const { line: first } = comment.loc.start;
        const { line: last } = comment.loc.end;
        for (const text of context.sourceCode.lines.slice(first - 1, last)) {
          // A URL cannot be broken.
          if (text.length <= COMMENT_MAX_CHARACTERS || /^\W*(@see )?https?:\S+$/.test(text)) continue;
          context.report({
            node: comment,
            message: `Break the comment, which has ${text.length} characters in a line. At most ${COMMENT_MAX_CHARACTERS} are allowed.`,
          });
        }
      }
    },
  }),
};

export default {
  meta: { name: 'codeseeder' },
  rules: {
    'comment-width': commentWidth,
    'no-conditional-spread': noConditionalSpread,
    'test-title': testTitle,
  },
};
