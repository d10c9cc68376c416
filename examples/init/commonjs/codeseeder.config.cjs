// @ts-check
const { defineConfig } = require('codeseeder/config');

// Defaults of the codeseeder commands in this folder and below. Flags and environment variables override them.
module.exports = defineConfig({
  seedkit: 'my-kit',

  // Options of every run. Options in code and flags are added to them.
  // options: { labels: { team: 'data' }, build: { timeoutMinutes: 30 } },

  // Choose an environment with `--environment NAME`, or with the variable CODESEEDER_ENVIRONMENT.
  environments: {
    // The local AWS on this machine, which `npx codeseeder local up my-kit` starts. It needs no AWS account.
    local: { local: true },

    // The seedkit in your AWS account, which `npx codeseeder deploy seedkit my-kit --environment aws` deploys.
    aws: {
      // region: 'eu-central-1', // default: AWS_REGION, or the region of the profile
      // profile: 'my-profile', // default: AWS_PROFILE, or the profile `default`
    },
  },
});
