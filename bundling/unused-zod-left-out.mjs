import { readFile } from 'node:fs/promises';

/**
 * Lets esbuild leave out of zod what is not used: of `import { z } from 'zod'` it takes the whole object `z` with the
 * messages of some fifty languages, 380 KB in each handler; of `import * as z from 'zod'` only what is named.
 */
export const unusedZodLeftOut = {
  name: 'unused-zod-left-out',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path: file }) => {
      if (file.includes('/node_modules/')) return undefined;
      const source = await readFile(file, 'utf8');
      return {
        contents: source.replace(/^import \{ z \} from 'zod';$/m, "import * as z from 'zod';"),
        loader: 'ts',
      };
    });
  },
};
