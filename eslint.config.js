import tseslint from 'typescript-eslint'

const processEdge = 'src/main.ts is the only file that names the process: take what you need as an argument.'
const oneClock = 'Take a Clock (src/base/clock.ts): time that cannot be driven cannot be tested.'

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      eqeqeq: 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        { name: 'process', message: processEdge },
        { name: 'setTimeout', message: oneClock },
        { name: 'setInterval', message: oneClock },
        { name: 'performance', message: oneClock },
        { name: 'fetch', message: 'Use src/base/http.ts.' },
      ],
      'no-restricted-imports': [
        'error',
        {
          paths: [
            { name: 'node:process', message: processEdge },
            { name: 'node:timers', message: oneClock },
            { name: 'node:timers/promises', message: oneClock },
          ],
        },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: oneClock },
        { object: 'console', property: 'log', message: 'Use the Log or the terminal you were given.' },
      ],
    },
  },
  { files: ['src/main.ts'], rules: { 'no-restricted-globals': 'off' } },
  {
    files: ['src/base/clock.ts', 'src/sandbox/clock.ts'],
    rules: {
      'no-restricted-globals': 'off',
      'no-restricted-imports': 'off',
      'no-restricted-properties': 'off',
    },
  },
  {
    // node:test's test() and describe() return promises that the runner itself awaits.
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            {
              from: 'package',
              package: 'node:test',
              name: ['test', 'describe', 'it', 'suite', 'before', 'after', 'beforeEach', 'afterEach'],
            },
          ],
        },
      ],
    },
  },
)
