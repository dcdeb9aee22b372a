import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const INLINE = [
  /@jupyterlab\//,
  /@jupyter\//,
  /@lumino\//,
  /@microsoft\//,
  /@rjsf\//,
  /lib0/,
  /y-protocols/,
  /yjs/
];

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [
    {
      // JupyterLab imports icons as strings.
      name: 'svg-as-text',
      enforce: 'pre',
      load(id) {
        const file = id.split('?')[0];
        return file.endsWith('.svg') ? `export default ${JSON.stringify(readFileSync(file, 'utf8'))}` : null;
      }
    }
  ],
  test: {
    environment: 'jsdom',
    include: ['src/**/__tests__/**/*.spec.{ts,tsx}'],
    setupFiles: ['./vitest.setup.ts'],
    css: false,
    // One jsdom for all files, as setting one up takes longer than the tests of a file.
    pool: 'threads',
    isolate: false,
    unstubGlobals: true,
    server: { deps: { inline: INLINE } }
  }
});
