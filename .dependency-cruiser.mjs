/**
 * Who may import whom. A room imports the rooms above it in its list, never one below: data flows
 * one way, and there are no circles, neither of files nor of rooms. `npm run lint` checks it.
 */

/** The products and the shared rooms. Of the runner, the science sees the stage contract alone. */
const PRODUCTS = {
  'src/pipe': ['src/tables'],
  'src/engine': [],
  'src/random': [],
  'src/tables': [],
  'src/plots': ['src/tables'],
  'src/claims': ['src/tables'],
  'src/study': ['src/engine', 'src/random', 'src/tables', 'src/plots', 'src/claims'],
  'src/dimension': [
    'src/engine',
    'src/random',
    'src/tables',
    'src/plots',
    'src/claims',
    'src/study',
  ],
  'src/studies': ['src/engine', 'src/random', 'src/tables', 'src/plots', 'src/claims', 'src/study'],
};
const CONTRACT = '^src/pipe/pipeline/contract[.]ts$';

/** Rooms of the runner, from the ground up. */
const PIPE = [
  'core',
  'loader',
  'yaml',
  'pipeline',
  'disk',
  'code',
  'cache',
  'current',
  'workers',
  'project',
  'explain',
  'lock-file',
  'events',
  'remote',
  'runs',
  'session',
  'upkeep',
  'diff',
  'export',
  'reporters',
  'cli',
];

/** Rooms of the engine, from the ground up. */
const ENGINE = [
  'graph',
  'step',
  'tfjs',
  'onnx',
  'kernels',
  'passes',
  'recording',
  'trace',
  'programs',
  'optimizers',
  'ops',
];

/** Rooms of the command line: what commands share, helpers of single commands, the commands. */
const CLI = [
  'shell',
  'completion',
  'diff',
  'doctor',
  'graph',
  'run',
  'show',
  'verify',
  'watch',
  'commands',
];

/** Rooms of the study, from the ground up. */
const STUDY = ['deck', 'games', 'models', 'training', 'metrics', 'floor', 'evidence', 'charts'];

const inside = (folders) => `^(${folders.join('|')})/`;

function layers(root, rooms) {
  return rooms.map((room, i) => ({
    name: `${root}/${room} imports only what is below it`,
    severity: 'error',
    from: { path: `^${root}/${room}/` },
    to: { path: inside(rooms.slice(i + 1).map((above) => `${root}/${above}`)) },
  }));
}

export default {
  forbidden: [
    { name: 'no circle of files', severity: 'error', from: {}, to: { circular: true } },
    ...Object.entries(PRODUCTS).map(([product, below]) => ({
      name: `${product} imports only what it may`,
      severity: 'error',
      from: { path: `^${product}/` },
      to: {
        path: '^(src|stages|test|bench)/',
        pathNot: [
          inside([product, ...below]),
          ...(product.startsWith('src/stud') ? [CONTRACT] : []),
        ],
      },
    })),
    {
      name: 'stages import of the runner the contract alone',
      severity: 'error',
      from: { path: '^stages/' },
      to: { path: '^(src/pipe|test|bench)/', pathNot: CONTRACT },
    },
    {
      name: 'no study imports another',
      severity: 'error',
      from: { path: '^src/studies/([^/]+)/' },
      to: { path: '^src/studies/[^/]+/', pathNot: '^src/studies/$1/' },
    },
    ...layers('src/pipe', PIPE),
    ...layers('src/pipe/cli', CLI),
    ...layers('src/engine', ENGINE),
    {
      name: 'rooms of src/engine import neither its compile.ts nor its index.ts',
      severity: 'error',
      from: { path: '^src/engine/[^/]+/' },
      to: { path: '^src/engine/[^/]+[.]ts$' },
    },
    ...layers('src/study', STUDY),
  ].filter(({ to }) => to.path !== '^()/'),
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    exclude: { path: 'node_modules' },
  },
};
