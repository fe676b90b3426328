/** Builds the page into web/dist. `npm start` calls it when something has changed since it was built. */
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

await build({ configFile: fileURLToPath(new URL('../vite.config.ts', import.meta.url)) });
