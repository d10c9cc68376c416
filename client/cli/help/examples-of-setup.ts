import type { Examples } from './examples.js';

/** Examples of the commands that set up projects, seedkits and the local AWS, by the command's name. */
export const EXAMPLES_OF_SETUP: Readonly<Record<string, Examples>> = {
  'codeseeder init': {
    'Into this folder': 'codeseeder init',
    'A Python project in a new folder, without questions':
      'codeseeder init my-project --language python --yes',
    'See first what would be written': 'codeseeder init --dry-run',
  },
  'codeseeder deploy seedkit': {
    'A seedkit with the default settings': 'codeseeder deploy seedkit my-kit',
    'Builds in a VPC':
      'codeseeder deploy seedkit my-kit --vpc-id vpc-0a1b2c3d --subnet-id subnet-1a2b3c4d --sg-id sg-5e6f7a8b',
    'With shells in builds, in the account of a profile': `codeseeder deploy seedkit my-kit --allow '{"debugSessions": true}' --profile dev`,
    'Read the template before it is deployed': 'codeseeder deploy seedkit my-kit --synth > template.json',
  },
  'codeseeder deploy modules': {
    'A local npm package': 'codeseeder deploy modules my-kit --module @team/tools:./packages/tools',
    'Two Python packages':
      'codeseeder deploy modules my-kit --module my_pkg:./my_pkg --module other_pkg:./other_pkg',
  },
  'codeseeder deploy app': {
    'The stacks of a CDK app of your own': `codeseeder deploy --app 'npx tsx my-app.ts'`,
    'The same in another region': `codeseeder deploy --app 'npx tsx my-app.ts' --region eu-west-1`,
  },
  'codeseeder destroy seedkit': {
    'The stack and its bucket; the records stay': 'codeseeder destroy seedkit my-kit',
    'Everything, in a script': 'codeseeder destroy seedkit my-kit --delete-data --yes',
  },
  'codeseeder doctor': {
    'Check all that commands need': 'codeseeder doctor',
    'Only what is wrong, for a script': `codeseeder doctor --json | jq '.checks[] | select(.status == "problem")'`,
  },
  'codeseeder upgrade': {
    'Does the seedkit fit this version?': 'codeseeder upgrade my-kit',
    'Let a CI job fail if it does not': 'codeseeder upgrade --environment prod --json',
  },
  'codeseeder completion': {
    'bash, for this shell': 'source <(codeseeder completion bash)',
    'zsh, for this shell': 'source <(codeseeder completion zsh)',
    'fish, for this shell': 'codeseeder completion fish | source',
  },
  'codeseeder local up': {
    'In the foreground, until Ctrl-C': 'codeseeder local up my-kit',
    'In the background; this shell then uses it': 'eval "$(codeseeder local up my-kit --detach)"',
    'With the stacks of a CDK app of your own': `codeseeder local up my-kit --app 'npx tsx my-app.ts'`,
    'With the request rates of an AWS account': 'codeseeder local up my-kit --quotas aws',
  },
  'codeseeder local status': {
    'Is it up, and where?': 'codeseeder local status my-kit',
    'Its endpoint, for a script': 'codeseeder local status my-kit --json | jq -r .endpoint',
  },
  'codeseeder local env': {
    'Let this shell use it': 'eval "$(codeseeder local env my-kit)"',
    'The variables as JSON': 'codeseeder local env my-kit --json',
  },
  'codeseeder local console': {
    'Open the printed address in a browser': 'codeseeder local console my-kit',
    'The same for a script': 'codeseeder local console my-kit --json',
  },
  'codeseeder local down': {
    'Stop it; its data stays': 'codeseeder local down my-kit',
    'Stop one with a data folder of its own': 'codeseeder local down my-kit --data ./aws-data',
  },
  'codeseeder local repair': {
    'Repair its data after a full disk or a crash': 'codeseeder local repair my-kit',
    'Repair a data folder': 'codeseeder local repair --data ./aws-data',
  },
  'codeseeder local secret set': {
    'From a file': 'codeseeder local secret set my-kit codeseeder/my-kit/token --value-file token.txt',
    'From a variable, which no list of processes shows': `printf %s "$TOKEN" | codeseeder local secret set my-kit codeseeder/my-kit/token`,
  },
  'codeseeder local parameter set': {
    'A plain value': `echo 3 | codeseeder local parameter set my-kit /team/replicas --type String`,
    'A secret one, from a file': 'codeseeder local parameter set my-kit /team/token --value-file token.txt',
  },
};
