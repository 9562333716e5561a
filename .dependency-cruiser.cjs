/** The rooms and who may know whom (docs/architecture.md). Checked by `npm run lint`. */
const techniqueRooms = [
  'phones',
  'lures',
  'network',
  'implants',
  'cells',
  'floods',
  'swarms',
  'plans',
  'effects',
  'relay',
];
const tests = '(\\.test\\.ts$|/testing/)';

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: '(\\.d\\.ts$|\\.cjs$|(hash-worker|scan-thread|scan-process|cohort-thread)\\.ts$)',
      },
      to: {},
    },
    {
      name: 'core-knows-nobody',
      severity: 'error',
      from: { path: '^src/core/', pathNot: tests },
      to: { path: '^(src/(?!core/)|fixtures/|bench/|scripts/)' },
    },
    {
      name: 'records-know-core-only',
      severity: 'error',
      from: { path: '^src/records/', pathNot: tests },
      to: { path: '^(src/(?!(core|records)/)|fixtures/|bench/|scripts/)' },
    },
    {
      name: 'evidence-knows-core-only',
      severity: 'error',
      from: { path: '^src/evidence/', pathNot: tests },
      to: { path: '^(src/(?!(core|evidence)/)|fixtures/|bench/|scripts/)' },
    },
    {
      name: 'indicators-know-core-records-evidence',
      severity: 'error',
      from: { path: '^src/indicators/', pathNot: tests },
      to: { path: '^(src/(?!(core|records|evidence|indicators)/)|fixtures/|bench/|scripts/)' },
    },
    {
      name: 'formats-know-core-records-evidence',
      severity: 'error',
      from: { path: '^src/formats/', pathNot: tests },
      to: { path: '^(src/(?!(core|records|evidence|formats)/)|fixtures/|bench/|scripts/)' },
    },
    ...techniqueRooms.map((room) => ({
      name: `${room}-knows-no-other-technique`,
      severity: 'error',
      from: { path: `^src/${room}/`, pathNot: tests },
      to: {
        path: `^(src/(?!(core|records|evidence|formats|indicators|${room})/)|fixtures/|bench/|scripts/)`,
      },
    })),
    {
      name: 'report-knows-results-and-records',
      severity: 'error',
      from: { path: '^src/report/', pathNot: tests },
      to: { path: '^(src/(?!(core|records|report)/)|fixtures/|bench/|scripts/)' },
    },
    {
      name: 'casework-knows-no-technique',
      severity: 'error',
      from: { path: '^src/casework/', pathNot: tests },
      to: {
        path: '^(src/(?!(core|records|evidence|formats|indicators|report|casework)/)|fixtures/|bench/|scripts/)',
      },
    },
    {
      name: 'cli-holds-no-logic',
      comment:
        'The command line parses, calls and prints; techniques and the inside of rooms are not its business.',
      severity: 'error',
      from: { path: '^src/cli/', pathNot: tests },
      to: { path: `^(src/(${techniqueRooms.join('|')}|records)/|bench/|scripts/)` },
    },
    {
      name: 'nobody-knows-a-surface',
      severity: 'error',
      from: { path: '^(src|fixtures)/', pathNot: '^src/(cli|server)/' },
      to: { path: '^src/(cli|server)/' },
    },
    {
      name: 'server-is-no-command-line',
      severity: 'error',
      from: { path: '^src/server/', pathNot: tests },
      to: { path: '^(src/cli/|fixtures/|bench/|scripts/|web/)' },
    },
    {
      name: 'page-knows-the-contract-only',
      comment:
        'Whatever a page shows comes from the server; besides its contract it shares how texts are made safe and said.',
      severity: 'error',
      from: { path: '^web/src/', pathNot: tests },
      to: {
        path: '^src/',
        pathNot:
          '^src/(server/api/|core/(language|contracts|result|compare-text)\\.ts|records/(defang-text|refang)\\.ts|report/coverage-rows\\.ts)',
      },
    },
    {
      name: 'pages-use-wrappers',
      severity: 'error',
      from: { path: '^web/src/', pathNot: '^web/src/(ui|theme|app|main)' },
      to: { path: '@mantine' },
    },
    {
      name: 'network-only-in-update',
      comment: 'Silence is the default: one module may contact the network, when its command is given.',
      severity: 'error',
      from: { path: '^src/', pathNot: `(^src/indicators/update|^src/core/ip-address|${tests})` },
      to: { path: '^(node:)?(http|https|http2|net|tls|dgram|dns)(/promises)?$' },
    },
    {
      name: 'no-test-tools-in-the-product',
      severity: 'error',
      from: { path: '^(src|fixtures)/', pathNot: tests },
      to: { path: '(\\.test\\.ts$|/testing/)' },
    },
    {
      name: 'only-declared-packages',
      severity: 'error',
      from: { path: '^(src|fixtures)/', pathNot: tests },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev', 'unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
