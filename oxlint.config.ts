import { defineConfig } from 'oxlint'
import { commonImportLaw, importLaw } from './scripts/import-law.ts'

export default defineConfig({
  plugins: ['typescript', 'unicorn', 'oxc', 'import', 'react', 'jsx-a11y', 'promise', 'vitest'],
  categories: { correctness: 'error' },
  ignorePatterns: ['**/dist/**', '.data/**', 'playwright-report/**', 'test-results/**'],
  rules: {
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/switch-exhaustiveness-check': 'error',
    'typescript/consistent-type-imports': 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/no-non-null-assertion': 'error',
    // Both print as what they say.
    'typescript/restrict-template-expressions': [
      'error',
      { allow: [{ from: 'lib', name: ['URL', 'URLSearchParams'] }] },
    ],
    'react/rules-of-hooks': 'error',
    'import/no-cycle': 'error',
    'import/no-default-export': 'error',
    'max-lines': ['error', { max: 250 }],
    'max-lines-per-function': ['error', { max: 60 }],
    'no-restricted-imports': ['error', commonImportLaw],
  },
  overrides: [
    ...importLaw,
    { files: ['**/*.config.ts'], rules: { 'import/no-default-export': 'off' } },
    {
      files: ['**/*.test.ts', '**/*.test.tsx', 'e2e/**/*.ts'],
      rules: { 'max-lines': 'off', 'max-lines-per-function': 'off' },
    },
  ],
})
