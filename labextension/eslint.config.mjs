import js from '@eslint/js';
import jupyter from '@jupyter/eslint-plugin';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['**/lib/**', '**/src/api/schema.ts', '**/*.mts', '**/*.mjs', '**/*.js', '**/vitest.setup.ts'] },
  { ...js.configs.recommended, files: ['**/*.ts', '**/*.tsx'] },
  ...tseslint.configs.strictTypeChecked.map(config => ({ ...config, files: ['**/*.ts', '**/*.tsx'] })),
  { plugins: { jupyter } },
  ...jupyter.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    languageOptions: {
      parserOptions: { project: './tsconfig.eslint.json', tsconfigRootDir: import.meta.dirname }
    },
    rules: {
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // What a plugin module imports here is needed at start; conversations are loaded with the first one.
      'jupyter/prefer-lazy-imports': 'off',
      // Callbacks of components are written as methods; none of them uses `this`.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }]
    }
  },
  {
    // What a test makes ends with it, and nobody reads its words.
    files: ['**/__tests__/**'],
    rules: {
      'jupyter/no-untranslated-string': 'off',
      'jupyter/require-disposable-ownership': 'off'
    }
  }
);
