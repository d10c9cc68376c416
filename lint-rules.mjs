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

export default { meta: { name: 'codeseeder' }, rules: { 'no-conditional-spread': noConditionalSpread } };
