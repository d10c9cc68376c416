import type { Examples } from './examples.js';

/** Examples of the commands that start runs and look at them, by the command's name. */
export const EXAMPLES_OF_RUNS: Readonly<Record<string, Examples>> = {
  'codeseeder run': {
    'A TypeScript function, with its arguments as JSON': `codeseeder run 'src/deploy.ts#network' '"dev"' '{"zones": 3}'`,
    'A Python function, with a folder of its code': `codeseeder run my_pkg.deploy:network '"dev"' --local-module my_pkg=./my_pkg`,
    'A command in a copy of this folder, with a cache': 'codeseeder run --dir . --cache npm -- npm test',
    'A line of shell, left to run on its own': `codeseeder run --detach -- 'sleep 600; date'`,
  },
  'codeseeder map': {
    'A function, once for each line of a file, 20 at a time': `codeseeder map 'src/resize.ts#resize' images.jsonl --concurrency 20`,
    'A command, which finds its input in CODESEEDER_INPUT': `codeseeder map inputs.jsonl --dir . -- './check.sh "$CODESEEDER_INPUT"'`,
    'Inputs from another program; stop at the first failure': `echo '["eu-west-1"]' | codeseeder map my_pkg.audit:region - --on-error stop`,
  },
  'codeseeder execute': {
    'The invocation of a run, in the folder of its unpacked bundle':
      'codeseeder execute --args-file invocation.json',
    'The same, with the command that is run': 'codeseeder execute --args-file invocation.json --debug',
  },
  'codeseeder runs list': {
    'The latest runs': 'codeseeder runs list',
    'The failed runs of the last two hours': 'codeseeder runs list --status FAILED --since 2h',
    'Stop all building runs with a label':
      'codeseeder runs list --label team=data --status BUILDING --quiet | xargs -r codeseeder runs cancel',
    'The runs that a schedule started': 'codeseeder runs list --schedule nightly',
    'What happens now': 'codeseeder runs list --watch',
  },
  'codeseeder runs show': {
    'What a run ran with which arguments, and its value or error': 'codeseeder runs show ID',
    'The newest run': 'codeseeder runs show latest',
    'The states that it went through': 'codeseeder runs show ID --history',
    'Its arguments, whole, for a script': `codeseeder runs show ID --json | jq .args`,
  },
  'codeseeder runs logs': {
    'The log of a run': 'codeseeder runs logs ID',
    'The lines of a run that goes on': 'codeseeder runs logs ID --follow',
    "All lines, also CodeBuild's own, in a file": 'codeseeder runs logs ID > build.log',
  },
  'codeseeder runs shell': {
    'Start a run that can be looked into, and open a shell in its build':
      'id=$(codeseeder run --debug-session --detach -- sleep 600); codeseeder runs shell "$id"',
    'Look into the build of a run in another seedkit': 'codeseeder runs shell ID --seedkit other-kit',
  },
  'codeseeder runs wait': {
    'Wait for a run, and print its log and its value': 'codeseeder runs wait ID',
    'Wait for at most ten minutes, and print the result as JSON':
      'codeseeder runs wait ID --timeout 10 --json',
  },
  'codeseeder runs cancel': {
    'Stop a run, named by the first characters of its id': 'codeseeder runs cancel 01a2240f-1a57',
    'Stop two runs, with a reason in their records': `codeseeder runs cancel ID1 ID2 --reason 'wrong stage'`,
  },
  'codeseeder runs again': {
    'The same run once more': 'codeseeder runs again ID',
    'The same code with other arguments': `codeseeder runs again ID --args '["prod"]'`,
  },
  'codeseeder maps list': {
    'The latest maps': 'codeseeder maps list',
    'The ids of the latest hundred, for a script': 'codeseeder maps list --limit 100 --quiet',
  },
  'codeseeder maps show': {
    'How far a map is, and what failed': 'codeseeder maps show ID',
    'The same for a script': 'codeseeder maps show ID --json',
  },
  'codeseeder maps inputs': {
    'What the map runs over': 'codeseeder maps inputs ID > inputs.jsonl',
    'Run the inputs that failed with changed code': `codeseeder maps inputs ID --failed | codeseeder map 'src/resize.ts#resize' -`,
  },
  'codeseeder maps wait': {
    'The results of a map, in the order of its inputs': 'codeseeder maps wait ID > results.jsonl',
    'Each result as soon as its run has ended': 'codeseeder maps wait ID --order completion',
    'The results of inputs that failed, for a script': `codeseeder maps wait ID --json | jq '.results[] | select(.error)'`,
  },
  'codeseeder maps cancel': {
    'Stop a map and its runs': 'codeseeder maps cancel ID',
    'The same, with a reason in the records': `codeseeder maps cancel ID --reason 'wrong inputs'`,
  },
  'codeseeder maps again': {
    'Run the inputs that have no result yet': 'codeseeder maps again ID',
    'The same, fewer at a time': 'codeseeder maps again ID --concurrency 5',
  },
  'codeseeder locks list': {
    'Which runs hold locks': 'codeseeder locks list',
    'The names, for a script': 'codeseeder locks list --quiet',
  },
  'codeseeder locks show': {
    'Who holds a lock, and who waits for it': 'codeseeder locks show deploy-prod',
    'The same for a script': 'codeseeder locks show deploy-prod --json',
  },
  'codeseeder locks release': {
    'Give a lock to the next run, after its run has ended': 'codeseeder locks release deploy-prod',
    'The same in a script, without a question': 'codeseeder locks release deploy-prod --yes',
  },
  'codeseeder console': {
    'Open the printed address in a browser': 'codeseeder console',
    'On a port that stays the same, for a seedkit of the config':
      'codeseeder console --environment prod --port 8100',
  },
  'codeseeder publish': {
    'A function, under the name nightly-deploy': `codeseeder publish nightly-deploy 'src/deploy.ts#network'`,
    'A command with its folder; the alias prod names the new version':
      'codeseeder publish smoke-test --dir . --alias prod -- npm run smoke',
  },
  'codeseeder start': {
    'The newest version of a target': `codeseeder start nightly-deploy '"dev"'`,
    'The version that the alias prod names, with a label': `codeseeder start nightly-deploy@prod '"prod"' --label by=me`,
    'Version 3; print the id of the run, and do not wait': 'codeseeder start nightly-deploy@3 --detach',
  },
  'codeseeder targets list': {
    'What is published': 'codeseeder targets list',
    'The names, for a script': 'codeseeder targets list --quiet',
  },
  'codeseeder targets show': {
    'The versions of a target': 'codeseeder targets show nightly-deploy',
    'The same for a script': 'codeseeder targets show nightly-deploy --json',
  },
  'codeseeder targets promote': {
    'Let prod name the newest version': 'codeseeder targets promote nightly-deploy prod',
    'Go back to version 2': 'codeseeder targets promote nightly-deploy@2 prod',
  },
  'codeseeder targets remove': {
    'Remove a version': 'codeseeder targets remove nightly-deploy@1',
    'Remove an alias': 'codeseeder targets remove nightly-deploy@prod',
    'Remove the whole target': 'codeseeder targets remove nightly-deploy --all',
  },
  'codeseeder targets wait': {
    'Wait for a run of a target, and print its log and its value': 'codeseeder targets wait ID',
    'Print only the value': 'codeseeder targets wait ID --quiet',
  },
  'codeseeder schedules add': {
    'Each night at two, in Berlin': `codeseeder schedules add nightly nightly-deploy@prod 'cron(0 2 * * ? *)' --time-zone Europe/Berlin`,
    'Every 15 minutes, with a label': `codeseeder schedules add poll check-drift 'rate(15 minutes)' --label by=schedule`,
    'Once, with an argument': `codeseeder schedules add once migrate@3 'at(2026-12-31T23:00:00)' '"prod"'`,
  },
  'codeseeder schedules list': {
    'What starts when': 'codeseeder schedules list',
    'Pause all of them': 'codeseeder schedules list --quiet | xargs -r -n 1 codeseeder schedules pause',
  },
  'codeseeder schedules show': {
    'A schedule with its arguments, its next and its last run': 'codeseeder schedules show nightly',
    'When it starts next, for a script': 'codeseeder schedules show nightly --json | jq -r .nextRunAt',
  },
  'codeseeder schedules pause': {
    'Start no runs for now': 'codeseeder schedules pause nightly',
    'The same in another seedkit': 'codeseeder schedules pause nightly --seedkit prod-kit',
  },
  'codeseeder schedules resume': {
    'Start runs again': 'codeseeder schedules resume nightly',
    'The same in another seedkit': 'codeseeder schedules resume nightly --seedkit prod-kit',
  },
  'codeseeder schedules remove': {
    'Remove a schedule; its runs go on': 'codeseeder schedules remove nightly',
    'The same in another seedkit': 'codeseeder schedules remove nightly --seedkit prod-kit',
  },
};
