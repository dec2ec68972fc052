import { defineConfig } from 'oxlint'
import { commonImportLaw, importLaw } from './scripts/import-law.ts'

const plugins = ['typescript', 'unicorn', 'oxc', 'import', 'promise'] as const

export default defineConfig({
  plugins: [...plugins],
  categories: { correctness: 'error' },
  ignorePatterns: ['**/dist/**', '.data/**', 'playwright-report/**', 'test-results/**'],
  rules: {
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/switch-exhaustiveness-check': 'error',
    'typescript/consistent-type-imports': 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/no-non-null-assertion': 'error',
    // A URLSearchParams prints as what it says; objects that do not are caught by no-base-to-string.
    'typescript/restrict-template-expressions': 'off',
    // Our objects are closures, which have no `this` to lose.
    'typescript/unbound-method': 'off',
    'import/no-cycle': 'error',
    'import/no-default-export': 'error',
    'max-lines': ['error', { max: 250 }],
    'max-lines-per-function': ['error', { max: 60 }],
    'no-restricted-imports': ['error', commonImportLaw],
  },
  overrides: [
    ...importLaw,
    {
      files: ['apps/web/**'],
      plugins: [...plugins, 'react', 'jsx-a11y'],
      rules: { 'react/rules-of-hooks': 'error', 'react/exhaustive-deps': 'error' },
    },
    {
      files: ['{apps,packages}/**/*.test.{ts,tsx}', '{scripts,bench}/**/*.test.ts'],
      plugins: [...plugins, 'vitest'],
    },
    { files: ['**/*.config.ts', 'e2e/build-web.ts'], rules: { 'import/no-default-export': 'off' } },
    {
      files: ['**/*.test.ts', '**/*.test.tsx', '**/*.conformance.ts', 'e2e/**/*.ts'],
      rules: { 'max-lines': 'off', 'max-lines-per-function': 'off' },
    },
  ],
})
