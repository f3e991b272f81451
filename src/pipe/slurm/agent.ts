/**
 * The program of an agent: a job of the cluster that runs what the coordinator gives it, with the same workers as on
 * a single machine. Its one argument is its settings.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { StageModules } from '../code/stage-modules.ts';
import { realDisk } from '../disk/disk.ts';
import { markUsed } from '../loader/folder-store.mjs';
import { PROGRAM_FOLDER } from '../loader/installation.ts';
import { Guardian } from '../workers/guardian.ts';
import { WorkerPool } from '../workers/pool.ts';
import { openApart } from './agent-apart.ts';
import { Agent } from './agent-loop.ts';
import { type AgentSettings, logOf, slotOf } from './batch.ts';
import { sharedNodeSupply } from './supply.ts';

const settings: AgentSettings = JSON.parse(process.argv[2]);
const { SLURM_ARRAY_TASK_ID = '0', SLURM_ARRAY_JOB_ID, SLURM_JOB_ID = '' } = process.env;
const slot = slotOf(settings.batch, SLURM_ARRAY_TASK_ID);
const node = process.env.SLURMD_NODENAME ?? hostname();
const apart = openApart(settings, slot);

if (await claim()) await serve();

/** A job that Slurm started twice has one agent. */
async function claim(): Promise<boolean> {
  try {
    if (apart !== undefined) await apart.claim();
    else mkdirSync(join(settings.folder, 'claims', slot));
    return true;
  } catch (error) {
    console.error(`no agent here: ${(error as Error).message}`);
    return false;
  }
}

async function serve(): Promise<void> {
  // How many there are is known here alone.
  const { CUDA_VISIBLE_DEVICES: gpus = '' } = process.env;
  process.env.PIPE_GPUS = String(gpus === '' ? 0 : gpus.split(',').length);
  // Nobody prunes what this process runs.
  for (const used of [dirname(settings.stages), PROGRAM_FOLDER]) {
    markUsed(dirname(used), used.split('/').at(-1) ?? '');
  }
  const guardian = new Guardian();
  // On the file system of the code, which is linked, and of this agent alone.
  const temporary = join(settings.folder, 'code', slot);
  const modules = new Map<string, StageModules>();
  const pool = new WorkerPool({
    programs: PROGRAM_FOLDER,
    stages: settings.stages,
    cwd: settings.root,
    grace: settings.grace,
    isSteady: true,
    temporary,
    modulesOf: (module) => modules.get(module),
    onProcess: (pid, alive) => guardian.note(pid, alive),
  });
  const job =
    SLURM_ARRAY_JOB_ID === undefined
      ? SLURM_JOB_ID
      : `${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}`;
  const agent = new Agent({
    disk: realDisk,
    pool,
    supply: apart?.supply ?? sharedNodeSupply(node),
    modules,
    slot,
    job,
    node,
    settings,
  });
  process.on('SIGTERM', () => void agent.end('it was cancelled'));
  process.on('SIGUSR2', () => void agent.end('its time limit is near'));
  process.on('SIGINT', () => {});
  await agent.serve((milliseconds) => delay(milliseconds));
  await apart?.close();
  rmSync(temporary, { recursive: true, force: true });
  if (apart !== undefined) rmSync(logOf('', slot, true), { force: true });
  // Nothing may keep what has said goodbye.
  process.exit(0);
}
