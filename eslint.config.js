import tseslint from 'typescript-eslint'

const processEdge = 'src/main.ts is the only file that names the process: take what you need as an argument.'
const assertions = '/^(assert\\w*|has|near|body)$/'
/** What keeps a test from passing, hanging or failing for no reason: test/unit/support/lint-rules.test.ts plants each. */
const testFaults = [
  {
    selector: `:matches(WhileStatement, DoWhileStatement, ForStatement[test=null]):has(AwaitExpression)`,
    message:
      'A wait without a bound hangs for ten minutes when it fails: use eventually() of test/support/eventually.ts.',
  },
  {
    selector: `AwaitExpression > CallExpression[callee.name='once'][arguments.length=2], AwaitExpression > TSAsExpression > CallExpression[callee.name='once'][arguments.length=2], AwaitExpression > NewExpression[callee.name='Promise'] CallExpression[callee.property.name='once']`,
    message:
      'An event that never comes hangs for ten minutes: use within() of test/support/eventually.ts, or a signal that aborts in time.',
  },
  {
    selector: `CallExpression[callee.name='assert'], CallExpression[callee.object.name='assert'][callee.property.name='ok'][arguments.length=1]`,
    message:
      'A bare assert.ok can take Node 20 minutes to word: say what was seen as its message, or use assert.equal.',
  },
  {
    selector: `CallExpression[callee.object.name='assert'][callee.property.name=/^(rejects|throws)$/]:matches([arguments.length=1], [arguments.1.name=/^(App)?Error$/])`,
    message: 'Any failure at all would pass: name the code, { code: … }, or the words that are expected.',
  },
  {
    selector: `CallExpression[callee.name=/^(test|it|onEachVersion|testBothVersions)$/]:not(:has(Identifier[name=${assertions}]))`,
    message: 'A test without an assertion: state what it proves, also when that is that something ends.',
  },
]
const realSleep =
  'A sleep proves nothing on a busy machine. Use eventually(), the ManualClock, or an event that must come later; where real time is the subject, realTime(ms, why) of test/support/real-time.ts.'
const promisedTimer = {
  selector: "NewExpression[callee.name='Promise'] CallExpression[callee.name='setTimeout']",
  message: realSleep,
}
const oneClock = 'Take a Clock (src/lib/clock.ts): time that cannot be driven cannot be tested.'

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
        { name: 'fetch', message: 'Use src/lib/http/http.ts.' },
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
    files: ['src/lib/clock.ts', 'src/sandbox/clock.ts'],
    rules: {
      'no-restricted-globals': 'off',
      'no-restricted-imports': 'off',
      'no-restricted-properties': 'off',
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...testFaults] },
  },
  {
    files: ['test/**/*.ts'],
    ignores: ['test/support/**'],
    rules: {
      'no-restricted-syntax': ['error', ...testFaults, promisedTimer],
      'no-restricted-imports': [
        'error',
        {
          paths: [
            { name: 'node:timers/promises', importNames: ['setTimeout', 'setInterval'], message: realSleep },
          ],
        },
      ],
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
