import { describe, expect, it } from '@jest/globals';

import { lightenToolkit, loadToolkitClasses } from '../../../client/deploy/lighten-toolkit.js';

class Formatter {
  formatSecurityDiff(): object {
    throw new Error('compares templates');
  }
  formatStackDiff(): object {
    throw new Error('compares templates');
  }
}

describe('`lightenToolkit`', () => {
  it('`lightenToolkit` compares no templates, so that the toolkit asks without a difference', () => {
    lightenToolkit({ DiffFormatter: Formatter, CloudArtifact: undefined });
    const formatter = new Formatter();

    expect(formatter.formatSecurityDiff()).toEqual(formatter.formatStackDiff());
    expect(formatter.formatSecurityDiff()).toMatchObject({ permissionChangeType: 'none', formattedDiff: '' });
  });

  it('`lightenToolkit` reads the metadata of each artifact once', () => {
    const read: string[] = [];
    const CloudArtifact = {
      readMetadata(folder: string, manifest: object): unknown {
        read.push(folder);
        return { of: manifest };
      },
    };
    lightenToolkit({ DiffFormatter: undefined, CloudArtifact });
    const [one, other] = [{ name: 'one' }, { name: 'other' }];

    expect(CloudArtifact.readMetadata('a', one)).toEqual({ of: one });
    expect(CloudArtifact.readMetadata('a', one)).toEqual({ of: one });
    expect(CloudArtifact.readMetadata('b', other)).toEqual({ of: other });
    expect(read).toEqual(['a', 'b']);
  });

  it('The installed toolkit has the classes and methods that `lightenToolkit` replaces', () => {
    const { DiffFormatter, CloudArtifact } = loadToolkitClasses();

    expect(DiffFormatter?.prototype.formatSecurityDiff).toBeInstanceOf(Function);
    expect(DiffFormatter?.prototype.formatStackDiff).toBeInstanceOf(Function);
    expect(CloudArtifact?.readMetadata).toBeInstanceOf(Function);
  });
});
