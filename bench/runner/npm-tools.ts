import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { delimiter, join } from 'node:path';
import { execaSync } from 'execa';
import { chainsOf, stepsOf, type Tool } from './tool.ts';

const JOBS = String(cpus().length);
const VERSIONS = { wireit: '0.14.13', turbo: '2.11.11' };

/**
 * Tools that npm has, installed into a folder of their own for the time of the benchmark.
 * @param folder an empty folder
 */
export function npmTools(folder: string): readonly Tool[] {
  const packages = Object.entries(VERSIONS).map(([name, version]) => `${name}@${version}`);
  const install = ['install', '--silent', '--no-audit', '--no-fund', '--ignore-scripts'];
  let failure: string | undefined;
  // Installed when first asked for: a run without these tools needs no network.
  const find = (name: keyof typeof VERSIONS) => () => {
    if (!existsSync(join(folder, 'package.json'))) {
      writeFileSync(join(folder, 'package.json'), '{ "private": true }');
      const { failed, stderr } = execaSync('npm', [...install, ...packages], {
        cwd: folder,
        reject: false,
      });
      if (failed) failure = stderr.trim().split('\n').at(-1) ?? 'npm install failed';
    }
    if (failure !== undefined) return { absent: `npm could not install it: ${failure}` };
    return { version: VERSIONS[name] };
  };
  return [wireit(folder, find('wireit')), turbo(folder, find('turbo'))];
}

function wireit(installed: string, find: Tool['find']): Tool {
  return {
    name: 'wireit',
    // Half a minute per start with ten thousand.
    limit: 1_000,
    find,
    prepare(folder, stages) {
      mkdirSync(join(folder, 'in'));
      mkdirSync(join(folder, 'out'));
      const scripts: Record<string, object> = {};
      const goals: string[] = [];
      for (const chain of chainsOf(stages)) {
        writeFileSync(join(folder, `in/${chain}`), String(chain));
        for (const step of stepsOf()) {
          const from = step === 0 ? `in/${chain}` : `out/${chain}.${step - 1}`;
          scripts[`${chain}.${step}`] = {
            command: `cp ${from} out/${chain}.${step}`,
            dependencies: step === 0 ? [] : [`${chain}.${step - 1}`],
            files: step === 0 ? [from] : [],
            output: [`out/${chain}.${step}`],
          };
        }
        goals.push(`${chain}.9`);
      }
      scripts.all = { dependencies: goals };
      const names = Object.keys(scripts).map((name) => [name, 'wireit']);
      const manifest = { private: true, scripts: Object.fromEntries(names), wireit: scripts };
      writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
    },
    // As npm would start it, without the time of npm itself.
    command: {
      file: process.execPath,
      args: [join(installed, 'node_modules/wireit/bin/wireit.js')],
      env: {
        npm_lifecycle_event: 'all',
        npm_package_json: 'package.json',
        npm_config_user_agent: 'npm/10.8.2',
        WIREIT_PARALLEL: JOBS,
        WIREIT_LOGGER: 'simple',
      },
    },
    edit: (folder, text) => writeFileSync(join(folder, 'in/0'), text),
    ran: (output) => output.match(/\] Executed successfully$/gm)?.length ?? 0,
  };
}

function turbo(installed: string, find: Tool['find']): Tool {
  const shims = join(installed, 'shims');
  return {
    name: 'turbo',
    // A workspace of a thousand packages is none that npm would install.
    limit: 1_000,
    find,
    prepare(folder, stages) {
      mkdirSync(shims, { recursive: true });
      // npm itself takes 0.2 s per stage: what it would run is run at once.
      const shim =
        'IFS=s; set -- $2; n=$2; if [ $n = 0 ]; then cp in out.0; else cp out.$((n-1)) out.$n; fi';
      writeFileSync(join(shims, 'npm'), `#!/bin/sh\n${shim}\n`);
      chmodSync(join(shims, 'npm'), 0o755);
      const tasks = stepsOf().map((step) => [
        `s${step}`,
        {
          // None at all would mean every file, those made by the run among them.
          inputs: [step === 0 ? 'in' : 'package.json'],
          dependsOn: step === 0 ? [] : [`s${step - 1}`],
          outputs: [`out.${step}`],
        },
      ]);
      const scripts = Object.fromEntries(stepsOf().map((step) => [`s${step}`, 'npm shim']));
      const files: Record<string, object> = {
        'package.json': {
          name: 'root',
          private: true,
          packageManager: 'npm@10.8.2',
          workspaces: ['packages/*'],
        },
        'turbo.json': { tasks: Object.fromEntries(tasks) },
      };
      for (const chain of chainsOf(stages)) {
        const home = join(folder, 'packages', `c${chain}`);
        mkdirSync(home, { recursive: true });
        writeFileSync(join(home, 'in'), String(chain));
        files[`packages/c${chain}/package.json`] = { name: `c${chain}`, version: '1.0.0', scripts };
      }
      for (const [path, content] of Object.entries(files)) {
        writeFileSync(join(folder, path), JSON.stringify(content));
      }
    },
    command: {
      file: join(installed, 'node_modules/.bin/turbo'),
      args: ['run', 's9', '--output-logs=none', '--concurrency', JOBS],
      env: {
        PATH: `${shims}${delimiter}${process.env.PATH}`,
        TURBO_TELEMETRY_DISABLED: '1',
        TURBO_NO_UPDATE_NOTIFIER: '1',
      },
    },
    edit: (folder, text) => writeFileSync(join(folder, 'packages/c0/in'), text),
    ran(output) {
      const [, cached, total] = /Cached:\s+(\d+) cached, (\d+) total/.exec(output) ?? [];
      return Number(total) - Number(cached);
    },
  };
}
