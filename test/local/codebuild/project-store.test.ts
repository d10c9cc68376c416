import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { projectProvider } from '../../../lib/local/codebuild/project-provider.js';
import { openProjectStore } from '../../../lib/local/codebuild/project-store.js';
import { holdWrites } from '../held-write.js';
import { openTestPlaceContext, type TestPlaceContext } from '../test-place-context.js';
import { PROJECT } from './test-codebuild.js';

describe('A project of CodeBuild', () => {
  let context: TestPlaceContext;
  beforeEach(async () => {
    context = await openTestPlaceContext();
  });
  afterEach(() => context.dispose());

  it('A project that two stacks create at the same time belongs to the first', async () => {
    const { store, duringNextWrite } = holdWrites(context.store);
    const provider = projectProvider(context, await openProjectStore({ ...context, store }));
    const create = (stackName: string) =>
      provider.create({ stackName, logicalId: 'Project', properties: PROJECT });
    const second = duringNextWrite('codebuild-projects', () => create('second'));
    await create('first');
    await expect(second).rejects.toMatchObject({ code: 'ResourceAlreadyExistsException' });
  });
});
