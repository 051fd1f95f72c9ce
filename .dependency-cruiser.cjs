/* The layer law: what each rule forbids, and why. */
const rooms = [
  'selection',
  'plan',
  'engine',
  'okta',
  'pacing',
  'journal',
  'report',
  'secrets',
  'sandbox',
  'config',
];
const home = (library, folder) => ({
  name: `home-of-${library.replace(/[^a-z]+/g, '-')}`,
  severity: 'error',
  comment: `${library} has one home, so that it can be replaced, and its traps met, in one place.`,
  from: { path: '^src/', pathNot: folder },
  to: { path: `node_modules/${library}/` },
});

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      comment: 'A cycle means two modules are one; the data goes one way.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'domain-imports-nothing',
      severity: 'error',
      comment: 'The words of the product are pure: no I/O, no clock, no randomness, no library.',
      from: { path: '^src/domain/' },
      to: { pathNot: '^src/domain/' },
    },
    {
      name: 'text-imports-nothing-of-ours',
      severity: 'error',
      comment:
        'How text is laid out on a terminal is pure, and the same for every room that prints.',
      from: { path: '^src/text/' },
      to: { path: '^src/', pathNot: '^src/text/' },
    },
    {
      name: 'style-imports-nothing-of-ours',
      severity: 'error',
      comment: 'What report.html and the console look alike in: colours, and how prose is set.',
      from: { path: '^src/style/' },
      to: { path: '^src/', pathNot: '^src/style/' },
    },
    {
      name: 'disk-imports-domain-and-node',
      severity: 'error',
      comment:
        'The ground floor: what is durable, whole and ours is decided in one place, which knows nothing of runs.',
      from: { path: '^src/disk/' },
      to: { pathNot: ['^src/disk/', '^src/domain/'], dependencyTypesNot: ['core'] },
    },
    {
      name: 'disk-opens-files',
      severity: 'error',
      comment:
        'What must be ours is judged where it is opened, and a name tells nothing: one room opens files, and everybody else asks it.',
      from: { path: '^src/', pathNot: '^src/disk/' },
      to: { path: '^(node:)?fs(/promises)?$' },
    },
    {
      name: 'process-imports-disk-domain-and-node',
      severity: 'error',
      comment:
        'How another program is started, fed, bounded and ended is the same for all who call one.',
      from: { path: '^src/process/' },
      to: {
        pathNot: ['^src/process/', '^src/disk/', '^src/domain/'],
        dependencyTypesNot: ['core'],
      },
    },
    {
      name: 'process-starts-programs',
      severity: 'error',
      comment:
        'What another program is given (its environment above all) is decided in one place: no credential reaches one by accident.',
      from: { path: '^src/', pathNot: '^src/process/' },
      to: { path: '^(node:)?child_process$' },
    },
    ...rooms.map((room) => ({
      name: `room-${room}-keeps-to-itself`,
      severity: 'error',
      comment:
        'A room knows domain, disk, text layout and the Secret type; what it needs of another room is handed to it in app/.',
      from: { path: `^src/${room}/` },
      to: {
        path: '^src/',
        pathNot: [
          `^src/${room}/`,
          '^src/domain/',
          '^src/disk/',
          '^src/secrets/secret\\.ts$',
          '^src/text/',
          '^src/style/',
        ],
      },
    })),
    {
      name: 'cli-sees-app-config-domain',
      severity: 'error',
      comment: 'Another face (a web page, a worker) must be able to stand beside the terminal.',
      from: { path: '^src/cli/' },
      to: { path: '^src/', pathNot: '^src/(cli|app|config|domain|text)/' },
    },
    {
      name: 'nobody-imports-cli',
      severity: 'error',
      comment: 'The terminal is a face, not a library; only main.ts opens it.',
      from: { path: '^src/', pathNot: '^src/(cli/|main\\.ts$)' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'console-sees-app-config-domain',
      severity: 'error',
      comment:
        'The browser is a face beside the terminal: it knows use cases, and nothing of the terminal or of a room.',
      from: { path: '^src/console/' },
      to: { path: '^src/', pathNot: '^src/(console|app|config|domain|text|style)/' },
    },
    {
      name: 'nobody-imports-console',
      severity: 'error',
      comment: 'Only main.ts opens the console; it hands it to the command line as a port.',
      from: { path: '^src/', pathNot: '^src/(console/|main\\.ts$)' },
      to: { path: '^src/console/' },
    },
    {
      name: 'page-imports-no-server',
      severity: 'error',
      comment:
        'What runs in the browser knows the contract, as types, and the words of the domain.',
      from: { path: '^src/console/page/' },
      to: { path: '^src/(app|config|console/(server|state))/' },
    },
    {
      name: 'page-takes-the-contract-as-types',
      severity: 'error',
      comment: 'What the server parses with is not shipped to the browser.',
      from: { path: '^src/console/page/' },
      to: { path: '^src/console/api', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'host-is-handed-in',
      severity: 'error',
      comment:
        'process, timers, clock and randomness live in one module; everything else gets them handed in.',
      from: { path: '^src/' },
      to: { path: '^src/host\\.ts$' },
    },
    {
      name: 'browser-code-is-bundled',
      severity: 'error',
      comment:
        'What runs in a browser is bundled into dist/browser/ and read from there; Node never runs it.',
      from: { path: '^src/', pathNot: '^src/([^/]+/browser|console/page)/' },
      to: { path: '^src/([^/]+/browser|console/page)/' },
    },
    home('undici', '^src/okta/'),
    home('p-queue', '^src/engine/'),
    home('bottleneck', '^src/pacing/'),
    home('csv-parse', '^src/selection/'),
    home('@streamparser/json', '^src/selection/'),
    home('csv-stringify', '^src/report/'),
    home('pino', '^src/app/logger\\.ts$'),
    home('yargs', '^src/cli/'),
    home('@clack/prompts', '^src/cli/'),
    home('age-encryption', '^src/secrets/'),
    home('string-width', '^src/text/'),
    home('wrap-ansi', '^src/text/'),
    home('yaml', '^src/config/'),
    home('hono', '^src/console/server/'),
    home('@hono/node-server', '^src/console/server/'),
    home('open', '^src/console/'),
    home('preact', '^src/(report|console/page|style)/'),
    home('uplot', '^src/report/browser/'),
    home('@tanstack/virtual-core', '^src/console/page/parts/table/'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
