/**
 * Jest's runtime with one copy of the CDK for all test files of a worker. Jest loads and compiles every module again for
 * each test file. For the CDK that takes longer than most tests of constructs. Sharing is safe: the CDK keeps no state
 * between apps, and no test mocks it.
 */
const { createRequire } = require('node:module');
const JestRuntime = require('jest-runtime').default;

const SHARED = /(^|[\\/]node_modules[\\/])(aws-cdk-lib|constructs|cdk-nag)([\\/]|$)/;

class SharedCdkRuntime extends JestRuntime {
  requireModuleOrMock(from, moduleName) {
    if (SHARED.test(moduleName)) return createRequire(from)(moduleName);
    return super.requireModuleOrMock(from, moduleName);
  }
}

module.exports = SharedCdkRuntime;
