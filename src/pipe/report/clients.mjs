/** The runner's own programs for the browser, bundled when they are published or, in a checkout, when they are used. */

/** By name, their file in src/pipe. */
export const CLIENTS = {
  load: 'report/client/load.ts',
  report: 'report/client/report.tsx',
  ui: 'ui/client/ui.tsx',
};

/**
 * How browser code is bundled: a classic script, which pages opened from the file system can load.
 * @satisfies {import('esbuild').BuildOptions}
 */
export const CLIENT_OPTIONS = /** @type {const} */ ({
  bundle: true,
  write: false,
  format: 'iife',
  platform: 'browser',
  target: 'es2022',
  minify: true,
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'silent',
  outdir: '/out',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  define: { 'process.env.NODE_ENV': '"production"' },
});
