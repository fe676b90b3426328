import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: file('.'),
  plugins: [react(), tailwindcss()],
  resolve: {
    alias: [
      // monaco-vim's `browser` build expects a global; and it names Monaco's files as they were before
      // Monaco had an exports map.
      { find: /^monaco-vim$/, replacement: file('../node_modules/monaco-vim/dist/index.mjs') },
      {
        find: /^monaco-editor\/esm\/vs\/(.*)$/,
        replacement: `${file('../node_modules/monaco-editor/esm/vs')}/$1.js`,
      },
    ],
  },
  worker: { format: 'es' },
  build: {
    target: 'es2023',
    outDir: file('dist'),
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    // The editors are loaded after the page is up; their size is measured by bench/web.ts.
    chunkSizeWarningLimit: 4_000,
    // A data: URL would need a hole in the policy for fonts.
    assetsInlineLimit: 0,
  },
  server: {
    host: '127.0.0.1',
    // `npm run dev -w web` beside a running `npm start`.
    proxy: Object.fromEntries(
      ['/api', '/analysis'].map((path) => [path, process.env.RCE_URL ?? 'http://127.0.0.1:3000']),
    ),
  },
});
