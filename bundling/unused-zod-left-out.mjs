import { readFile } from 'node:fs/promises';

/**
 * Makes esbuild drop unused parts of zod. `import { z } from 'zod'` includes the whole object `z` with messages in some
 * fifty languages, 380 KB in each handler. `import * as z from 'zod'` includes only the members that are used.
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
