import type { Tensor, Tensor1D } from '@tensorflow/tfjs';
import { sizeOf } from '../graph/graph.ts';
import type { NamedTensors, NamedValues, StepDefinition } from '../step/step.ts';
import { tf } from '../tfjs/tf.ts';
import { freeName } from '../trace/names.ts';
import { isSmall } from './packing.ts';

type State = StepDefinition['state'];

/** Parameters of a step that are stored in fewer tensors than there are parameters. */
export interface Together {
  /** What is stored, to be declared as state of the step. */
  readonly state: State;
  /** Names of the stored tensors that hold matrices. */
  readonly matrices: ReadonlySet<string>;
  /** The parameters by name, of the stored tensors by name. */
  unpack(stored: NamedTensors): NamedTensors;
  /** Tensors like the parameters, such as gradients, as they are stored. */
  pack(tensors: NamedTensors): NamedTensors;
  /** The numbers of the parameters, views of the stored ones. */
  valuesOf(stored: NamedValues): NamedValues;
}

export interface TogetherOptions {
  /** Whether a parameter is a matrix for Muon. None by default. */
  readonly isMatrix?: (name: string) => boolean;
  /** Whether a parameter is stored alone, for a learning rate of its own. None by default. */
  readonly isApart?: (name: string) => boolean;
}

interface Group {
  readonly kind: 'stack' | 'vector' | 'alone';
  /** Names of the parameters. */
  readonly members: string[];
}

/**
 * Stores the parameters of a small model together: matrices of one shape as a stack [n, from, to], all
 * others as one vector. There are as few gradients, moments and updates, each of one operation where it
 * would be one per parameter. A model with a parameter of 32,768 numbers or more is stored as it is: there
 * an operation takes longer than it takes to start one, and a gradient is best used as soon as it is there.
 */
export function storeTogether(
  parameters: State,
  { isMatrix = () => false, isApart = () => false }: TogetherOptions = {},
): Together {
  const groups = groupsOf(parameters, isMatrix, isApart);
  const entries = [...groups];
  return {
    state: Object.fromEntries(
      entries.map(([stored, group]) => [stored, storedOf(group, parameters)]),
    ),
    matrices: new Set(
      entries.filter(([, { members }]) => isMatrix(members[0])).map(([stored]) => stored),
    ),
    unpack: (tensors) =>
      Object.assign(
        {},
        ...entries.map(([stored, group]) => membersOf(group, tensors[stored], parameters)),
      ),
    pack: (tensors) =>
      Object.fromEntries(entries.map(([stored, group]) => [stored, packedOf(group, tensors)])),
    valuesOf: (stored) =>
      Object.fromEntries(
        entries.flatMap(([name, { members }]) => {
          let start = 0;
          return members.map((member) => {
            const end = start + sizeOf(parameters[member].shape);
            const values = stored[name].subarray(start, end);
            start = end;
            return [member, values] as const;
          });
        }),
      ),
  };
}

function groupsOf(
  parameters: State,
  isMatrix: (name: string) => boolean,
  isApart: (name: string) => boolean,
): ReadonlyMap<string, Group> {
  const names = new Map(Object.entries(parameters));
  const areSmall = [...names.values()].every(({ shape }) => isSmall(shape));
  const groups = new Map<string, Group>();
  for (const [name, { shape }] of names) {
    const kind = !areSmall || isApart(name) ? 'alone' : isMatrix(name) ? 'stack' : 'vector';
    const stored = kind === 'alone' ? name : kind === 'stack' ? `stack/${shape.join('x')}` : kind;
    const group = kind === 'alone' ? stored : freeName(stored, names);
    const { members } = groups.get(group) ?? { members: [] };
    groups.set(group, { kind, members: [...members, name] });
  }
  return groups;
}

/** A group's spec and initial values. */
function storedOf({ kind, members }: Group, parameters: State): State[string] {
  const specs = members.map((name) => parameters[name]);
  if (kind === 'alone') return specs[0];
  const sizes = specs.map(({ shape }) => sizeOf(shape));
  const size = sizes.reduce((a, b) => a + b, 0);
  const values = new Float32Array(size);
  let start = 0;
  for (const [i, spec] of specs.entries()) {
    values.set(spec.values, start);
    start += sizes[i];
  }
  const shape = kind === 'stack' ? [members.length, ...specs[0].shape] : [size];
  return { shape, dtype: 'float32', values };
}

function membersOf({ kind, members }: Group, stored: Tensor, parameters: State): NamedTensors {
  const shapes = members.map((name) => parameters[name].shape);
  const parts =
    kind === 'alone'
      ? [stored]
      : kind === 'stack'
        ? tf.unstack(stored)
        : tf.split(stored as Tensor1D, shapes.map(sizeOf));
  return Object.fromEntries(members.map((name, i) => [name, tf.reshape(parts[i], [...shapes[i]])]));
}

function packedOf({ kind, members }: Group, tensors: NamedTensors): Tensor {
  const parts = members.map((name) => tensors[name]);
  if (kind === 'alone') return parts[0];
  if (kind === 'stack') return tf.stack(parts);
  return tf.concat1d(parts.map((part) => tf.reshape(part, [-1]) as Tensor1D));
}
