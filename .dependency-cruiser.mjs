/**
 * Who may import whom. Rooms are listed from the ground up: a room may import those listed before it, never
 * those after it. There are no circles, neither of files nor of rooms. `npm run lint` checks it.
 */
import swc from '@swc/core';

// dependency-cruiser has swc read every file as TypeScript without JSX, and has no option for it.
const { parseFileSync } = swc;
swc.parseFileSync = (file, options) =>
  parseFileSync(file, { ...options, syntax: 'typescript', tsx: file.endsWith('.tsx') });

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
  'src/causes': ['src/random', 'src/tables', 'src/plots', 'src/claims', 'src/study', 'src/studies'],
  'src/pages': ['src/random', 'src/tables', 'src/plots', 'src/claims', 'src/study'],
  'src/packages': ['src/pipe'],
  'src/tensorflow': ['src/engine'],
};

/** The npm packages that a product may import; the runner may import any but those of the science. */
const PACKAGES = {
  'src/engine': ['@tensorflow', 'onnxruntime-node'],
  'src/random': [],
  'src/tables': ['apache-arrow'],
  'src/plots': ['@observablehq/plot', '@resvg/resvg-js', 'linkedom', 'opentype.js'],
  'src/claims': [],
  'src/study': ['@observablehq/plot', '@tensorflow', 'ml-matrix', 'zod'],
  'src/dimension': [
    '@observablehq/plot',
    '@tensorflow',
    'apache-arrow',
    'execa',
    'hyparquet',
    'hyparquet-compressors',
    'ml-matrix',
    'zod',
  ],
  'src/studies': [
    '@huggingface/tokenizers',
    '@observablehq/plot',
    '@tensorflow',
    'highs',
    'ml-matrix',
    'zod',
  ],
  'src/causes': ['@observablehq/plot'],
  'src/pages': ['@observablehq/plot', 'onnxruntime-(web|common)', 'preact'],
  'src/packages': ['esbuild', 'execa'],
  'src/tensorflow': ['@tensorflow', 'execa'],
};

const CONTRACT = '^src/pipe/pipeline/contract[.]ts$';
const SEES_CONTRACT = /^src[/](causes|stud|pages)/;

const SCIENCE = [
  '@observablehq',
  '@resvg',
  '@tensorflow',
  'highs',
  'ml-matrix',
  'onnxruntime-[^/]+',
];

/** Rooms of the runner, from the ground up. */
const PIPE = [
  'core',
  'loader',
  'yaml',
  'pipeline',
  'disk',
  'inputs',
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
  'slurm',
  'session',
  'upkeep',
  'diff',
  'export',
  'reporters',
  'report',
  'ui',
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
  'models',
];

/** Rooms of the command line: what commands share, helpers of single commands, the commands. */
const CLI = [
  'shell',
  'completion',
  'diff',
  'doctor',
  'graph',
  'init',
  'report',
  'run',
  'show',
  'verify',
  'watch',
  'commands',
];

/** Rooms of the study, from the ground up. */
const STUDY = ['deck', 'games', 'models', 'training', 'metrics', 'floor', 'evidence', 'charts'];

/** Rooms of the dimension tool, from the ground up. */
const DIMENSION = [
  'judgements',
  'fit',
  'predictors',
  'problems',
  'budgets',
  'prediction',
  'answer',
  'vectors',
  'figures',
];

/** Rooms of the study's pages, from the ground up. */
const PAGES = ['cards', 'queries', 'client', 'data'];

function inside(folders) {
  return `^(${folders.join('|')})/`;
}

function layers(root, rooms) {
  return rooms.map((room, i) => ({
    name: `${root}/${room} imports only rooms listed before it`,
    severity: 'error',
    from: { path: `^${root}/${room}/` },
    to: { path: inside(rooms.slice(i + 1).map((above) => `${root}/${above}`)) },
  }));
}

/** A folder that no list has would be under no rule. */
function everyRoomIsListed(root, rooms) {
  return {
    name: `every folder of ${root} is in its list`,
    severity: 'error',
    from: { path: `^${root}/[^/]+/`, pathNot: inside(rooms.map((room) => `${root}/${room}`)) },
    to: {},
  };
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
        pathNot: [inside([product, ...below]), ...(SEES_CONTRACT.test(product) ? [CONTRACT] : [])],
      },
    })),
    ...Object.entries(PACKAGES).map(([product, names]) => ({
      name: `${product} imports only its packages`,
      severity: 'error',
      from: { path: `^${product}/` },
      to: { path: 'node_modules/', pathNot: `node_modules/(@types|${names.join('|')})/` },
    })),
    {
      // Charts in the browser are bundled: nobody installs the package for them.
      name: 'src/pipe imports no package of the science',
      severity: 'error',
      from: { path: '^src/pipe/', pathNot: '^src/pipe/report/client/curve-chart[.]tsx$' },
      to: { path: `node_modules/(${SCIENCE.join('|')})/` },
    },
    everyRoomIsListed(
      'src',
      Object.keys(PRODUCTS).map((product) => product.slice('src/'.length)),
    ),
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
    {
      name: 'what the studies share imports none of them',
      severity: 'error',
      from: { path: '^src/studies/[^/]+[.]ts$' },
      to: { path: '^src/studies/[^/]+/' },
    },
    ...layers('src/pipe', PIPE),
    everyRoomIsListed('src/pipe', PIPE),
    {
      name: 'rooms of src/pipe do not import its index.ts',
      severity: 'error',
      from: { path: '^src/pipe/[^/]+/' },
      to: { path: '^src/pipe/[^/]+[.]ts$' },
    },
    ...layers('src/pipe/cli', CLI),
    everyRoomIsListed('src/pipe/cli', CLI),
    ...layers('src/engine', ENGINE),
    everyRoomIsListed('src/engine', ENGINE),
    {
      name: 'rooms of src/engine import neither its compile.ts nor its index.ts',
      severity: 'error',
      from: { path: '^src/engine/[^/]+/' },
      to: { path: '^src/engine/[^/]+[.]ts$' },
    },
    ...layers('src/study', STUDY),
    everyRoomIsListed('src/study', STUDY),
    ...layers('src/dimension', DIMENSION),
    everyRoomIsListed('src/dimension', DIMENSION),
    ...layers('src/pages', PAGES),
    everyRoomIsListed('src/pages', PAGES),
  ].filter(({ to }) => to.path !== '^()/'),
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
  },
};
