// src/engine/errors.ts
var EngineError = class extends Error {
  name = "EngineError";
};
var placeIn = (frame) => /(?:\(|\bat (?:async )?)((?:file:\/\/)?[^()]+:\d+:\d+)\)?$/.exec(frame?.trim() ?? "")?.[1].replace(/^file:\/\//, "");
var OWN_FOLDER = placeIn((new Error().stack ?? "").split("\n")[1])?.replace(/[^\\/]*$/, "");
var modelLine = (stack) => (stack ?? "").split("\n").slice(1).map(placeIn).find((place) => place !== void 0 && !isForeign(place));
var isForeign = (place) => place.startsWith("node:") || place.includes("node_modules") || OWN_FOLDER !== void 0 && place.startsWith(OWN_FOLDER);
var DEEP = 60;
var withDeepStacks = (f) => {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = DEEP;
  try {
    return f();
  } finally {
    Error.stackTraceLimit = limit;
  }
};
var runningOp = (stack) => /\bat (?:Object\.)?(\w+?)_+(?:op)? \(/.exec(stack ?? "")?.[1];
var explained = (cause) => {
  const { message, stack } = cause instanceof Error ? cause : new Error(String(cause));
  const line = modelLine(stack);
  const op = runningOp(stack);
  const kernel = /kernel '(\w+)' (?:not registered )?for backend/i.exec(message)?.[1];
  const what = kernel !== void 0 ? missingKernel(kernel, op) : op === void 0 || message.includes(op) ? message : `tf.${op}: ${message}`;
  return new EngineError(line === void 0 ? what : `${what}
    at ${line}`, { cause });
};
var missingKernel = (kernel, op) => {
  const asked = op === void 0 ? "" : `, which tf.${op} asks for,`;
  return `kernel ${kernel}${asked} is not implemented by the engine`;
};

// src/engine/graph.ts
var MICROSOFT = "com.microsoft";
var SMALL_CONSTANT_BYTES = 4096;
var lastId = 0;
var sizeOf = (shape) => shape.reduce((a, b) => a * b, 1);
var sameShape = (a, b) => a.length === b.length && a.every((size, i) => size === b[i]);
var Graph = class {
  #known = /* @__PURE__ */ new Map();
  /** What nodes are made for at present. */
  origin;
  input(name, shape, type) {
    return { id: ++lastId, shape, type, source: { kind: "input", name } };
  }
  constant(data, shape, type) {
    const make = () => [{ id: ++lastId, shape, type, source: { kind: "constant", data } }];
    if (data.byteLength > SMALL_CONSTANT_BYTES) return make()[0];
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("latin1");
    return this.#once(`constant|${type}|${shape}|${bytes}`, make)[0];
  }
  scalar(value, type = "float32") {
    return this.constant(dataOf([value], type), [], type);
  }
  /** A vector of int64, the type in which ONNX wants shapes, axes and positions. */
  ints(values) {
    return this.constant(dataOf(values, "int64"), [values.length], "int64");
  }
  /** Adds an operation with one output. */
  op(op, inputs, shape, type, attributes = {}, domain = "") {
    return this.ops(op, inputs, [{ shape, type }], attributes, domain)[0];
  }
  /** Adds an operation with several outputs. */
  ops(op, inputs, outputs, attributes = {}, domain = "") {
    const ids = inputs.map((value) => value?.id ?? 0).join(",");
    return this.#once(`${domain}:${op}|${ids}|${JSON.stringify(attributes)}`, () => {
      const values = [];
      const { origin } = this;
      const node = { id: ++lastId, op, domain, inputs, attributes, outputs: values, origin };
      for (const { shape, type } of outputs) {
        values.push({ id: ++lastId, shape, type, source: { kind: "node", node } });
      }
      return values;
    });
  }
  /** How many nodes and small constants the table of known ones holds. */
  get size() {
    return this.#known.size;
  }
  /** Lets go of the table of known nodes, and so of values nothing else refers to. */
  forget() {
    this.#known.clear();
  }
  #once(key, make) {
    const known = this.#known.get(key);
    if (known !== void 0) return known;
    const made = make();
    this.#known.set(key, made);
    return made;
  }
};
var dataOf = (values, type) => {
  switch (type) {
    case "float32":
      return new Float32Array(values);
    case "int32":
      return new Int32Array(values);
    case "bool":
      return new Uint8Array(values);
    case "int64":
      return BigInt64Array.from(Array.from(values), BigInt);
  }
};
var nodesFor = (values) => {
  const found = /* @__PURE__ */ new Map();
  const pending = [...values];
  for (let value = pending.pop(); value !== void 0; value = pending.pop()) {
    if (value.source.kind !== "node" || found.has(value.source.node.id)) continue;
    found.set(value.source.node.id, value.source.node);
    for (const input of value.source.node.inputs) if (input !== void 0) pending.push(input);
  }
  return [...found.values()].sort((a, b) => a.id - b.id);
};

// src/engine/tf.ts
import * as tf from "@tensorflow/tfjs";
tf.env().set("PROD", true);

// src/engine/symbolic.ts
var symbolic = (value, shape = value.shape, dtype = dtypeOf(value.type)) => ({ shape, dtype, value });
var splat = (graph, number, shape, dtype = "float32") => ({ shape, dtype, value: graph.scalar(number, dtype) });
var splatOf = ({ value }) => value.source.kind === "constant" && value.shape.length === 0 ? Number(value.source.data[0]) : void 0;
var full = (graph, { shape, value }) => sameShape(value.shape, shape) ? value : graph.op("Expand", [value, graph.ints(shape)], shape, value.type);
var castValue = (graph, value, type) => value.type === type ? value : graph.op("Cast", [value], value.shape, type, { to: CAST_CODE[type] });
var cast = (graph, x, dtype) => {
  if (x.dtype === dtype) return x;
  const number = splatOf(x);
  if (number === void 0) return { ...x, dtype, value: castValue(graph, x.value, dtype) };
  const converted = dtype === "int32" ? Math.trunc(number) : dtype === "bool" ? +(number !== 0) : number;
  return splat(graph, converted, x.shape, dtype);
};
var CAST_CODE = {
  float32: 1,
  int32: 6,
  int64: 7,
  bool: 9
};
var dtypeOf = (type) => type === "int64" ? "int32" : type;
var broadcastShape = (a, b) => tf.broadcast_util.assertAndGetBroadcastShape([...a], [...b]);
var axesOf = (axis, shape) => tf.util.parseAxisParam(axis ?? null, [...shape]);

// src/engine/kernels/arithmetic.ts
var combine = (graph, op, a, b, dtype, fold) => {
  const shape = broadcastShape(a.shape, b.shape);
  const [left, right] = [splatOf(a), splatOf(b)];
  if (fold !== void 0 && left !== void 0 && right !== void 0) {
    const number = fold(left, right);
    return splat(graph, dtype === "float32" ? Math.fround(number) : number, shape, dtype);
  }
  const stored = broadcastShape(a.value.shape, b.value.shape);
  return symbolic(graph.op(op, [a.value, b.value], stored, dtype), shape, dtype);
};
var widest = (a, b) => a.dtype === b.dtype && a.dtype !== "bool" ? a.dtype : a.dtype === "float32" || b.dtype === "float32" ? "float32" : "int32";
var matched = (graph, a, b) => {
  const dtype = widest(a, b);
  return [cast(graph, a, dtype), cast(graph, b, dtype), dtype];
};
var broadcastLike = (x, other, dtype) => x.dtype === dtype ? { ...x, shape: broadcastShape(x.shape, other.shape) } : void 0;
var add = (graph, a, b) => {
  const [left, right, dtype] = matched(graph, a, b);
  if (splatOf(right) === 0) return broadcastLike(left, right, dtype) ?? left;
  if (splatOf(left) === 0) return broadcastLike(right, left, dtype) ?? right;
  return combine(graph, "Add", left, right, dtype, (x, y) => x + y);
};
var subtract = (graph, a, b) => {
  const [left, right, dtype] = matched(graph, a, b);
  if (splatOf(right) === 0) return broadcastLike(left, right, dtype) ?? left;
  return combine(graph, "Sub", left, right, dtype, (x, y) => x - y);
};
var multiply = (graph, a, b) => {
  const [left, right, dtype] = matched(graph, a, b);
  if (splatOf(right) === 1) return broadcastLike(left, right, dtype) ?? left;
  if (splatOf(left) === 1) return broadcastLike(right, left, dtype) ?? right;
  return combine(graph, "Mul", left, right, dtype, dtype === "int32" ? Math.imul : (x, y) => x * y);
};
var divide = (graph, a, b) => {
  const [left, right] = [cast(graph, a, "float32"), cast(graph, b, "float32")];
  const divisor = splatOf(right);
  if (divisor === 1) return broadcastLike(left, right, "float32") ?? left;
  if (divisor !== void 0 && isPowerOfTwo(divisor)) {
    return multiply(graph, left, splat(graph, 1 / divisor, right.shape));
  }
  return combine(graph, "Div", left, right, "float32", (x, y) => x / y);
};
var isPowerOfTwo = (number) => {
  const exponent = Math.log2(Math.abs(number));
  return Number.isInteger(exponent) && Math.abs(exponent) <= 126;
};
var unary = (graph, op, x, fold) => {
  const number = splatOf(x);
  if (fold !== void 0 && number !== void 0) {
    return splat(graph, Math.fround(fold(number)), x.shape);
  }
  const { value } = cast(graph, x, "float32");
  return symbolic(graph.op(op, [value], value.shape, "float32"), x.shape);
};
var constantLike = (graph, number) => splat(graph, number, []);
var compare = (graph, op, a, b) => {
  const [left, right] = matched(graph, a, b);
  const stored = broadcastShape(left.value.shape, right.value.shape);
  const value = graph.op(op, [left.value, right.value], stored, "bool");
  return symbolic(value, broadcastShape(a.shape, b.shape), "bool");
};
var logical = (graph, op, a, b) => combine(graph, op, cast(graph, a, "bool"), cast(graph, b, "bool"), "bool");
var not = (graph, x) => {
  const { value } = cast(graph, x, "bool");
  return symbolic(graph.op("Not", [value], value.shape, "bool"), x.shape, "bool");
};
var select = (graph, condition, t, e) => {
  const choice = cast(graph, condition, "bool").value;
  const shape = broadcastShape(broadcastShape(condition.shape, t.shape), e.shape);
  const stored = broadcastShape(broadcastShape(choice.shape, t.value.shape), e.value.shape);
  const dtype = widest(t, e) === "int32" && t.dtype === "bool" ? "bool" : widest(t, e);
  const type = dtype === "bool" ? "int32" : dtype;
  const [yes, no] = [castValue(graph, t.value, type), castValue(graph, e.value, type)];
  const chosen = graph.op("Where", [choice, yes, no], stored, type);
  return symbolic(castValue(graph, chosen, dtype), shape, dtype);
};

// src/engine/kernels/elementwise.ts
var floorDivide = (graph, a, b) => cast(graph, unary(graph, "Floor", divide(graph, a, b)), "int32");
var modulo = (graph, a, b) => {
  const [left, right, dtype] = matched(graph, a, b);
  if (dtype !== "float32") return combine(graph, "Mod", left, right, dtype);
  const shape = broadcastShape(left.shape, right.shape);
  const stored = broadcastShape(left.value.shape, right.value.shape);
  const remainder = (x, y) => symbolic(graph.op("Mod", [x, y], stored, dtype, { fmod: 1 }), shape, dtype);
  const once = remainder(left.value, right.value);
  const lifted = remainder(add(graph, once, right).value, right.value);
  const isNegative = (x) => compare(graph, "Less", x, constantLike(graph, 0));
  const differ = logical(graph, "Xor", isNegative(left), isNegative(right));
  return select(graph, differ, lifted, once);
};
var squaredDifference = (graph, a, b) => {
  const difference = subtract(graph, a, b);
  return multiply(graph, difference, difference);
};
var selectRows = (graph, { condition, t, e }) => {
  if (condition.shape.length !== 1 || t.shape.length < 2) return select(graph, condition, t, e);
  const column = [...condition.shape, ...t.shape.slice(1).map(() => 1)];
  const value = splatOf(condition) === void 0 ? graph.op("Reshape", [full(graph, condition), graph.ints(column)], column, "bool") : condition.value;
  return select(graph, { ...condition, shape: column, value }, t, e);
};
var binary = (f) => (graph, { a, b }) => f(graph, a, b);
var extremum = (op, fold) => (graph, { a, b }) => {
  const [left, right, dtype] = matched(graph, a, b);
  return combine(graph, op, left, right, dtype, fold);
};
var float = (op, fold) => (graph, { x }) => unary(graph, op, x, fold);
var sameType = (op) => (graph, { x }) => {
  const y = x.dtype === "bool" ? cast(graph, x, "int32") : x;
  return symbolic(graph.op(op, [y.value], y.value.shape, y.dtype), y.shape, y.dtype);
};
var power = (graph, { a, b }) => {
  const [left, right, dtype] = matched(graph, a, b);
  if (splatOf(right) === 1) return broadcastLike(left, right, dtype) ?? left;
  if (splatOf(right) === 2) {
    return multiply(graph, left, { ...left, shape: broadcastShape(left.shape, right.shape) });
  }
  return combine(graph, "Pow", left, right, dtype, (x, y) => x ** y);
};
var arcTangent2 = (graph, inputs) => {
  const areInfinite = logical(
    graph,
    "And",
    isInfinite(graph, inputs.a),
    isInfinite(graph, inputs.b)
  );
  const bounded = (z) => select(graph, areInfinite, unary(graph, "Sign", z), cast(graph, z, "float32"));
  const [y, x] = [bounded(inputs.a), bounded(inputs.b)];
  const zero = constantLike(graph, 0);
  const angle = unary(graph, "Atan", divide(graph, y, x));
  const above = compare(graph, "GreaterOrEqual", y, zero);
  const turn = select(graph, above, constantLike(graph, Math.PI), constantLike(graph, -Math.PI));
  const left = select(graph, compare(graph, "Less", x, zero), add(graph, angle, turn), angle);
  const upright = divide(graph, turn, constantLike(graph, 2));
  const onAxis = select(graph, compare(graph, "Equal", y, zero), zero, upright);
  const angled = select(graph, compare(graph, "Equal", x, zero), onAxis, left);
  return select(graph, isNan(graph, y), y, angled);
};
var clip = (graph, x, low, high) => {
  const bounds = [graph.scalar(low, x.dtype), graph.scalar(high, x.dtype)];
  const value = graph.op("Clip", [x.value, ...bounds], x.value.shape, x.dtype);
  return symbolic(value, x.shape, x.dtype);
};
var isInfinite = (graph, x) => {
  const { value } = cast(graph, x, "float32");
  return symbolic(graph.op("IsInf", [value], value.shape, "bool"), x.shape, "bool");
};
var isNan = (graph, x) => {
  const { value } = cast(graph, x, "float32");
  return symbolic(graph.op("IsNaN", [value], value.shape, "bool"), x.shape, "bool");
};
var log1p = (graph, { x }) => {
  const one = constantLike(graph, 1);
  const sum = add(graph, x, one);
  const rounded = subtract(graph, sum, one);
  const scaled2 = multiply(graph, unary(graph, "Log", sum), divide(graph, x, rounded));
  const exact = select(graph, compare(graph, "Equal", rounded, constantLike(graph, 0)), x, scaled2);
  return select(graph, compare(graph, "Equal", sum, constantLike(graph, Infinity)), sum, exact);
};
var expm1 = (graph, { x }) => {
  const half = multiply(graph, x, constantLike(graph, 0.5));
  const sum = add(graph, unary(graph, "Exp", x), constantLike(graph, 1));
  return multiply(graph, unary(graph, "Tanh", half), sum);
};
var reciprocalRoot = (graph, { x }) => unary(graph, "Reciprocal", unary(graph, "Sqrt", x, Math.sqrt), (y) => 1 / y);
var addAll = (graph, inputs) => Object.values(inputs).reduce((sum, x) => add(graph, sum, x));
var batchNorm = (graph, { x, mean: mean2, variance, scale, offset }, { varianceEpsilon }) => {
  const shifted = add(graph, variance, constantLike(graph, varianceEpsilon));
  const centred = subtract(graph, x, mean2);
  const normal = divide(graph, centred, unary(graph, "Sqrt", shifted));
  const scaled2 = scale === void 0 ? normal : multiply(graph, normal, scale);
  return offset === void 0 ? scaled2 : add(graph, scaled2, offset);
};
var bitwiseAnd = (graph, { a, b }) => combine(graph, "BitwiseAnd", a, b, "int32", (x, y) => x & y);
var elementwise = {
  Add: binary(add),
  Sub: binary(subtract),
  Multiply: binary(multiply),
  RealDiv: binary(divide),
  FloorDiv: binary(floorDivide),
  Mod: binary(modulo),
  Pow: power,
  Maximum: extremum("Max", Math.max),
  Minimum: extremum("Min", Math.min),
  SquaredDifference: binary(squaredDifference),
  Atan2: arcTangent2,
  AddN: addAll,
  BitwiseAnd: bitwiseAnd,
  Equal: binary((graph, a, b) => compare(graph, "Equal", a, b)),
  NotEqual: binary((graph, a, b) => not(graph, compare(graph, "Equal", a, b))),
  Greater: binary((graph, a, b) => compare(graph, "Greater", a, b)),
  GreaterEqual: binary((graph, a, b) => compare(graph, "GreaterOrEqual", a, b)),
  Less: binary((graph, a, b) => compare(graph, "Less", a, b)),
  LessEqual: binary((graph, a, b) => compare(graph, "LessOrEqual", a, b)),
  LogicalAnd: binary((graph, a, b) => logical(graph, "And", a, b)),
  LogicalOr: binary((graph, a, b) => logical(graph, "Or", a, b)),
  LogicalXor: binary((graph, a, b) => logical(graph, "Xor", a, b)),
  LogicalNot: (graph, { x }) => not(graph, x),
  Select: selectRows,
  Abs: sameType("Abs"),
  Neg: sameType("Neg"),
  Sign: sameType("Sign"),
  Square: (graph, { x }) => multiply(graph, x, x),
  Sqrt: float("Sqrt", Math.sqrt),
  Rsqrt: reciprocalRoot,
  Reciprocal: float("Reciprocal", (x) => 1 / x),
  Exp: float("Exp", Math.exp),
  Expm1: expm1,
  Log: float("Log", Math.log),
  Log1p: log1p,
  Sin: float("Sin"),
  Cos: float("Cos"),
  Tan: float("Tan"),
  Asin: float("Asin"),
  Acos: float("Acos"),
  Atan: float("Atan"),
  Sinh: float("Sinh"),
  Cosh: float("Cosh"),
  Tanh: float("Tanh"),
  Asinh: float("Asinh"),
  Acosh: float("Acosh"),
  Atanh: float("Atanh"),
  Erf: float("Erf"),
  Ceil: float("Ceil", Math.ceil),
  Floor: float("Floor", Math.floor),
  Round: float("Round"),
  ClipByValue: (graph, { x }, { clipValueMin, clipValueMax }) => clip(graph, x, clipValueMin, clipValueMax),
  IsNan: (graph, { x }) => isNan(graph, x),
  IsInf: (graph, { x }) => isInfinite(graph, x),
  IsFinite: (graph, { x }) => not(graph, logical(graph, "Or", isNan(graph, x), isInfinite(graph, x))),
  FusedBatchNorm: batchNorm
};

// src/engine/kernels/activations.ts
var leakyRelu = (graph, { x }, { alpha }) => {
  const { value } = cast(graph, x, "float32");
  const slope = { alpha: { float: alpha } };
  return symbolic(graph.op("LeakyRelu", [value], value.shape, "float32", slope), x.shape);
};
var prelu = (graph, x, alpha) => select(
  graph,
  compare(graph, "Less", x, constantLike(graph, 0)),
  multiply(graph, x, alpha),
  cast(graph, x, "float32")
);
var STEEPEST = 34028234663852886e22;
var step = (graph, { x }, { alpha }) => {
  if (!alpha) {
    const { value } = cast(graph, x, "float32");
    const slope = { alpha: { float: STEEPEST }, beta: { float: 0 } };
    const ones = graph.op("HardSigmoid", [value], value.shape, "float32", slope);
    return symbolic(ones, x.shape);
  }
  const isAbove = compare(graph, "Greater", x, constantLike(graph, 0));
  return select(graph, isAbove, constantLike(graph, 1), constantLike(graph, alpha));
};
var selu = (graph, { x }) => {
  const { value } = cast(graph, x, "float32");
  const constants2 = {
    alpha: { float: 1.7580993408473768 / 1.0507009873554805 },
    gamma: { float: 1.0507009873554805 }
  };
  return symbolic(graph.op("Selu", [value], value.shape, "float32", constants2), x.shape);
};
var eluGradient = (graph, { dy, y }) => {
  const slope = add(graph, y, constantLike(graph, 1));
  const inside = compare(graph, "GreaterOrEqual", y, constantLike(graph, 0));
  return select(graph, inside, dy, multiply(graph, dy, slope));
};
var activations = {
  Relu: sameType("Relu"),
  Relu6: (graph, { x }) => clip(graph, x, 0, 6),
  LeakyRelu: leakyRelu,
  Prelu: (graph, { x, alpha }) => prelu(graph, x, alpha),
  Elu: float("Elu"),
  EluGrad: eluGradient,
  Selu: selu,
  Sigmoid: float("Sigmoid"),
  Softplus: float("Softplus"),
  Step: step
};

// src/engine/kernels/creation.ts
var fill = (graph, _inputs, { shape, value, dtype }) => splat(graph, value, shape, dtype ?? "float32");
var range = (graph, _inputs, { start, stop, step: step2, dtype }) => {
  const length = Math.max(0, Math.ceil((stop - start) / step2));
  const values = Array.from({ length }, (_, i) => start + i * step2);
  const type = dtype ?? "float32";
  return symbolic(graph.constant(dataOf(values, type), [length], type), [length], type);
};
var linSpace = (graph, _inputs, { start, stop, num }) => {
  const step2 = num > 1 ? (stop - start) / (num - 1) : 0;
  const values = Array.from({ length: num }, (_, i) => start + i * step2);
  return symbolic(graph.constant(dataOf(values, "float32"), [num], "float32"));
};
var oneHot = (graph, { indices }, {
  depth,
  onValue,
  offValue,
  dtype
}) => {
  const positions = graph.constant(dataOf([...Array(depth).keys()], "int32"), [depth], "int32");
  const column = [...indices.value.shape, 1];
  const index = graph.op("Reshape", [indices.value, graph.ints(column)], column, "int32");
  const hot = compare(graph, "Equal", symbolic(index, [...indices.shape, 1]), symbolic(positions));
  const type = dtype ?? "float32";
  if (onValue === 1 && offValue === 0) return cast(graph, hot, type);
  return select(graph, hot, splat(graph, onValue, [], type), splat(graph, offValue, [], type));
};
var diagonal = (graph, { x }) => {
  const size = sizeOf(x.shape);
  const identity = new Uint8Array(size * size);
  for (let i = 0; i < size; i++) identity[i * size + i] = 1;
  const mask = symbolic(graph.constant(identity, [...x.shape, ...x.shape], "bool"));
  return select(graph, mask, x, splat(graph, 0, [], x.dtype));
};
var creation = {
  Fill: fill,
  ZerosLike: (graph, { x }) => splat(graph, 0, x.shape, x.dtype),
  OnesLike: (graph, { x }) => splat(graph, 1, x.shape, x.dtype),
  Range: range,
  LinSpace: linSpace,
  OneHot: oneHot,
  Diag: diagonal,
  Identity: (_graph, { x }) => ({ ...x }),
  Cast: (graph, { x }, { dtype }) => cast(graph, x, dtype)
};

// src/engine/kernels/layout.ts
var reshapeValue = (graph, value, shape) => {
  if (sameShape(value.shape, shape)) return value;
  const source = value.source;
  const origin = source.kind === "node" && source.node.op === "Reshape" ? source.node.inputs[0] : void 0;
  if (origin !== void 0) return reshapeValue(graph, origin, shape);
  const attributes = shape.includes(0) ? { allowzero: 1 } : void 0;
  return graph.op("Reshape", [value, graph.ints(shape)], shape, value.type, attributes);
};
var reshape = (graph, x, shape) => {
  if (sameShape(x.shape, shape)) return x;
  if (sizeOf(x.value.shape) === 1) return { ...x, shape, value: reshapeValue(graph, x.value, []) };
  return symbolic(reshapeValue(graph, full(graph, x), shape), shape, x.dtype);
};
var transpose = (graph, x, perm) => {
  const shape = perm.map((axis) => x.shape[axis]);
  if (perm.every((axis, i) => axis === i)) return x;
  if (splatOf(x) !== void 0) return { ...x, shape };
  const moved = perm.filter((axis) => x.shape[axis] !== 1);
  if (moved.every((axis, i) => i === 0 || axis > moved[i - 1])) return reshape(graph, x, shape);
  const value = graph.op("Transpose", [full(graph, x)], shape, x.value.type, { perm: [...perm] });
  return symbolic(value, shape, x.dtype);
};
var slice = (graph, x, begin, size) => {
  if (sameShape(size, x.shape)) return x;
  if (splatOf(x) !== void 0) return { ...x, shape: size };
  const axes = x.shape.flatMap((_, axis) => size[axis] === x.shape[axis] ? [] : [axis]);
  const starts = axes.map((axis) => begin[axis]);
  const ends = axes.map((axis) => begin[axis] + size[axis]);
  const bounds = [graph.ints(starts), graph.ints(ends), graph.ints(axes)];
  const value = graph.op("Slice", [full(graph, x), ...bounds], size, x.value.type);
  return symbolic(value, size, x.dtype);
};
var withAxis = (shape, axis, size) => {
  const longer = [...shape];
  longer.splice(axis, 0, size);
  return longer;
};
var pad = (graph, { x }, { paddings, constantValue }) => {
  const shape = x.shape.map((size, axis) => size + paddings[axis][0] + paddings[axis][1]);
  if (sameShape(shape, x.shape)) return x;
  const number = constantValue ?? 0;
  if (splatOf(x) === number) return { ...x, shape };
  const pads = graph.ints([...paddings.map((p) => p[0]), ...paddings.map((p) => p[1])]);
  const inputs = [full(graph, x), pads, graph.scalar(number, x.value.type)];
  return symbolic(graph.op("Pad", inputs, shape, x.value.type), shape, x.dtype);
};
var mirrorPad = (graph, { x }, { paddings, mode }) => {
  const edge = mode === "reflect" ? 0 : 1;
  return paddings.reduce((result, [before, after], axis) => {
    const size = result.shape[axis];
    const picked = [
      ...Array.from({ length: before }, (_, i) => before - i - edge),
      ...Array.from({ length: size }, (_, i) => i),
      ...Array.from({ length: after }, (_, i) => size - 2 - i + edge)
    ];
    const shape = result.shape.map((old, i) => i === axis ? picked.length : old);
    const value = graph.op(
      "Gather",
      [full(graph, result), graph.ints(picked)],
      shape,
      x.value.type,
      { axis }
    );
    return symbolic(value, shape, x.dtype);
  }, x);
};
var tile = (graph, { x }, { reps }) => {
  const shape = x.shape.map((size, axis) => size * reps[axis]);
  const isRepeat = x.shape.every((size, axis) => size === 1 || reps[axis] === 1);
  if (isRepeat && sizeOf(shape) > 0) return { ...x, shape };
  return symbolic(
    graph.op("Tile", [full(graph, x), graph.ints(reps)], shape, x.value.type),
    shape,
    x.dtype
  );
};
var steppedSlice = (graph, x, begin, steps, shape) => {
  if (sizeOf(shape) === 0 || splatOf(x) !== void 0)
    return slice(
      graph,
      x,
      shape.map(() => 0),
      shape
    );
  const beforeFirst = -(2 ** 31);
  const ends = begin.map((start, axis) => {
    const end = start + steps[axis] * shape[axis];
    return end < 0 ? beforeFirst : end;
  });
  const axes = shape.map((_, axis) => axis);
  const bounds = [begin, ends, axes, steps].map((list) => graph.ints(list));
  return symbolic(
    graph.op("Slice", [full(graph, x), ...bounds], shape, x.value.type),
    shape,
    x.dtype
  );
};
var stridedSlice = (graph, { x }, a) => {
  const info = tf.slice_util.sliceInfo(
    [...x.shape],
    a.begin,
    a.end,
    a.strides,
    a.beginMask,
    a.endMask,
    a.ellipsisMask,
    a.newAxisMask,
    a.shrinkAxisMask
  );
  const picked = info.isIdentity ? x : steppedSlice(
    graph,
    x,
    info.begin,
    info.strides,
    tf.slice_util.computeOutShape(info.begin, info.end, info.strides)
  );
  return reshape(graph, picked, info.finalShape);
};
var reverse = (graph, { x }, { dims }) => {
  const axes = axesOf(dims, x.shape);
  const begin = x.shape.map((size, axis) => axes.includes(axis) ? size - 1 : 0);
  const steps = x.shape.map((_, axis) => axes.includes(axis) ? -1 : 1);
  return steppedSlice(graph, x, begin, steps, x.shape);
};
var layout = {
  Reshape: (graph, { x }, { shape }) => reshape(graph, x, tf.util.inferFromImplicitShape(shape, sizeOf(x.shape))),
  ExpandDims: (graph, { input }, { dim }) => {
    const axis = dim < 0 ? input.shape.length + 1 + dim : dim;
    return reshape(graph, input, withAxis(input.shape, axis, 1));
  },
  Transpose: (graph, { x }, { perm }) => transpose(graph, x, perm),
  BroadcastTo: (_graph, { x }, { shape }) => ({ ...x, shape }),
  Slice: (graph, { x }, { begin, size }) => {
    const starts = padded(begin, x.shape.length, 0);
    const sizes = padded(size ?? -1, x.shape.length, -1);
    const counts = sizes.map((count, axis) => count < 0 ? x.shape[axis] - starts[axis] : count);
    return slice(graph, x, starts, counts);
  },
  StridedSlice: stridedSlice,
  Reverse: reverse,
  PadV2: pad,
  MirrorPad: mirrorPad,
  Tile: tile
};
var padded = (given, rank, rest) => {
  const numbers = typeof given === "number" ? [given] : given;
  return Array.from({ length: rank }, (_, axis) => numbers[axis] ?? rest);
};

// src/engine/kernels/indexing.ts
var gather = (graph, { x, indices }, { axis, batchDims = 0 }) => {
  const [along] = axesOf(axis ?? 0, x.shape);
  const shape = [
    ...x.shape.slice(0, along),
    ...indices.shape.slice(batchDims),
    ...x.shape.slice(along + 1)
  ];
  if (batchDims > 0) return gatherBatched(graph, x, indices, along, batchDims, shape);
  const inputs = [full(graph, x), full(graph, indices)];
  return symbolic(graph.op("Gather", inputs, shape, x.value.type, { axis: along }), shape, x.dtype);
};
var gatherBatched = (graph, x, indices, axis, batchDims, shape) => {
  const axes = x.shape.map((_, i) => i);
  const between = axes.slice(batchDims, axis);
  const front = [...axes.slice(0, batchDims), axis, ...between, ...axes.slice(axis + 1)];
  const moved = transpose(graph, x, front);
  const picks = reshapeValue(graph, full(graph, indices), [...indices.shape, 1]);
  const inner = moved.shape.slice(batchDims + 1);
  const gathered = symbolic(
    graph.op(
      "GatherND",
      [full(graph, moved), castValue(graph, picks, "int64")],
      [...indices.shape, ...inner],
      x.value.type,
      { batch_dims: batchDims }
    ),
    [...indices.shape, ...inner],
    x.dtype
  );
  const own = indices.shape.length - batchDims;
  const order = [
    ...axes.slice(0, batchDims),
    ...between.map((_, i) => batchDims + own + i),
    ...Array.from({ length: own }, (_, i) => batchDims + i),
    ...axes.slice(axis + 1).map((_, i) => batchDims + own + between.length + i)
  ];
  return reshape(graph, transpose(graph, gathered, order), shape);
};
var scatter = (graph, onto, indices, updates, reduction2) => graph.op(
  "ScatterND",
  [onto, castValue(graph, indices, "int64"), updates],
  onto.shape,
  onto.type,
  { reduction: reduction2 }
);
var segmentSum = (graph, { x, segmentIds }, { numSegments }) => {
  const rest = x.shape.slice(segmentIds.shape.length);
  if (sizeOf(x.shape) === 0) return splat(graph, 0, [numSegments, ...rest], x.dtype);
  const column = reshape(graph, segmentIds, [...segmentIds.shape, 1]);
  if (areWithin(segmentIds, numSegments)) return sumRows(graph, x, column, numSegments, rest);
  const ids = clip(graph, column, -1, numSegments);
  const sums = sumRows(graph, x, ids, numSegments + 1, rest);
  return slice(
    graph,
    sums,
    sums.shape.map(() => 0),
    [numSegments, ...rest]
  );
};
var areWithin = ({ value: { source } }, rows) => source.kind === "constant" && source.data.every((id) => id >= 0 && id < rows);
var sumRows = (graph, x, column, count, rest) => {
  const shape = [count, ...rest];
  const zeros2 = full(graph, splat(graph, 0, shape, x.dtype));
  return symbolic(
    scatter(graph, zeros2, full(graph, column), full(graph, x), "add"),
    shape,
    x.dtype
  );
};
var gatherNd = (graph, { params, indices }) => {
  const depth = indices.shape.at(-1) ?? 0;
  const shape = [...indices.shape.slice(0, -1), ...params.shape.slice(depth)];
  const inputs = [full(graph, params), castValue(graph, full(graph, indices), "int64")];
  return symbolic(graph.op("GatherND", inputs, shape, params.value.type), shape, params.dtype);
};
var scatterNd = (graph, { indices, updates }, { shape }) => {
  const zeros2 = full(graph, splat(graph, 0, shape, updates.dtype));
  const value = scatter(graph, zeros2, full(graph, indices), full(graph, updates), "add");
  return symbolic(value, shape, updates.dtype);
};
var scatterUpdate = (graph, { tensor, indices, updates }) => {
  const value = scatter(
    graph,
    full(graph, tensor),
    full(graph, indices),
    full(graph, updates),
    "none"
  );
  return symbolic(value, tensor.shape, tensor.dtype);
};
var sparseToDense = (graph, { sparseIndices, sparseValues, defaultValue }, { outputShape }) => {
  const base = full(graph, { ...defaultValue, shape: outputShape });
  const count = sparseIndices.shape.length > 0 ? sparseIndices.shape[0] : 1;
  const depth = sparseIndices.shape.length > 1 ? sparseIndices.shape[1] : 1;
  const indices = reshapeValue(graph, full(graph, sparseIndices), [count, depth]);
  const updates = full(graph, {
    ...reshape(graph, sparseValues, sparseValues.shape),
    shape: [count]
  });
  return symbolic(scatter(graph, base, indices, updates, "none"), outputShape, defaultValue.dtype);
};
var indexing = {
  GatherV2: gather,
  GatherNd: gatherNd,
  UnsortedSegmentSum: segmentSum,
  ScatterNd: scatterNd,
  TensorScatterUpdate: scatterUpdate,
  SparseToDense: sparseToDense
};

// src/engine/kernels/joining.ts
var concat = (graph, parts, axis) => {
  const shape = [...parts[0].shape];
  shape[axis] = parts.reduce((sum, part) => sum + part.shape[axis], 0);
  const filled = parts.filter((part) => sizeOf(part.shape) > 0);
  if (filled.length === 1) return filled[0];
  const values = (filled.length === 0 ? parts : filled).map((part) => full(graph, part));
  return symbolic(
    graph.op("Concat", values, shape, parts[0].value.type, { axis }),
    shape,
    parts[0].dtype
  );
};
var split = (graph, x, sizes, axis) => {
  const outputs = sizes.map((size) => ({
    shape: x.shape.map((old, i) => i === axis ? size : old),
    type: x.value.type
  }));
  if (splatOf(x) !== void 0) return outputs.map(({ shape }) => ({ ...x, shape }));
  const values = graph.ops("Split", [full(graph, x), graph.ints(sizes)], outputs, { axis });
  return values.map((value) => symbolic(value, value.shape, x.dtype));
};
var unpack = (graph, { value: x }, { axis }) => {
  const [along] = axesOf(axis, x.shape);
  const shape = x.shape.filter((_, i) => i !== along);
  const parts = split(graph, x, Array(x.shape[along]).fill(1), along);
  return parts.map((part) => reshape(graph, part, shape));
};
var completed = (sizes, total) => {
  const known = sizes.reduce((sum, size) => sum + Math.max(size, 0), 0);
  return sizes.map((size) => size === -1 ? total - known : size);
};
var joining = {
  Concat: (graph, inputs, { axis }) => {
    const parts = Object.values(inputs);
    return concat(graph, parts, axesOf(axis, parts[0].shape)[0]);
  },
  SplitV: (graph, { x }, attributes) => {
    const [axis] = axesOf(attributes.axis, x.shape);
    const parts = attributes.numOrSizeSplits;
    const even = (count) => Array(count).fill(x.shape[axis] / count);
    return split(
      graph,
      x,
      typeof parts === "number" ? even(parts) : completed(parts, x.shape[axis]),
      axis
    );
  },
  Pack: (graph, inputs, { axis }) => {
    const parts = Object.values(inputs);
    const at = axis < 0 ? parts[0].shape.length + 1 + axis : axis;
    return concat(
      graph,
      parts.map((part) => reshape(graph, part, withAxis(part.shape, at, 1))),
      at
    );
  },
  Unpack: unpack
};

// src/engine/kernels/products.ts
var matMul = (graph, a, b, { transposeA = false, transposeB = false } = {}) => {
  const [rows, inner] = lastTwo(a.shape, transposeA);
  const [inner2, columns] = lastTwo(b.shape, transposeB);
  const batch = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const shape = [...batch, rows, columns];
  if (inner !== inner2) {
    throw new Error(`inner dimensions ${inner} and ${inner2} differ`);
  }
  if (sizeOf(shape) === 0 || inner === 0) return splat(graph, 0, shape);
  if (transposeA && !transposeB && a.shape.length === 2 && b.shape.length === 2) {
    if (inner >= LONG && Math.max(rows, columns) >= WIDE) return weightGradient(graph, a, b);
  }
  const inputs = [full(graph, cast(graph, a, "float32")), full(graph, cast(graph, b, "float32"))];
  const attributes = {
    ...transposeA ? { transA: 1 } : {},
    ...transposeB ? { transB: 1 } : {}
  };
  return symbolic(graph.op("FusedMatMul", inputs, shape, "float32", attributes, MICROSOFT));
};
var LONG = 512;
var WIDE = 32;
var weightGradient = (graph, a, b) => a.shape[1] <= b.shape[1] ? matMul(graph, transpose(graph, a, [1, 0]), b) : transpose(graph, matMul(graph, transpose(graph, b, [1, 0]), a), [1, 0]);
var lastTwo = (shape, transposed2) => {
  const [rows, columns] = shape.slice(-2);
  return transposed2 ? [columns, rows] : [rows, columns];
};
var activate = (graph, x, activation, weights, slope) => {
  switch (activation) {
    case "linear":
      return x;
    case "relu":
      return unary(graph, "Relu", x);
    case "elu":
      return unary(graph, "Elu", x);
    case "sigmoid":
      return unary(graph, "Sigmoid", x);
    case "relu6":
      return clip(graph, x, 0, 6);
    case "prelu":
      return prelu(graph, x, weights ?? splat(graph, 0, []));
    case "leakyrelu":
      return prelu(graph, x, splat(graph, slope, []));
  }
};
var fusedMatMul = (graph, inputs, attributes) => {
  const { a, b, bias, preluActivationWeights: weights } = inputs;
  const product = matMul(graph, a, b, attributes);
  const shifted = bias === void 0 ? product : add(graph, product, bias);
  const { activation = "linear", leakyreluAlpha = 0.2 } = attributes;
  return activate(graph, shifted, activation, weights, leakyreluAlpha);
};
var einsum = (graph, inputs, { equation }) => {
  const tensors = Object.values(inputs);
  const [terms, result] = equation.replaceAll(" ", "").split("->");
  const sizes = /* @__PURE__ */ new Map();
  for (const [i, term] of terms.split(",").entries()) {
    for (const [axis, letter] of [...term].entries()) sizes.set(letter, tensors[i].shape[axis]);
  }
  const shape = [...result ?? ""].map((letter) => sizes.get(letter) ?? 1);
  const values = tensors.map((x) => full(graph, cast(graph, x, "float32")));
  return symbolic(graph.op("Einsum", values, shape, "float32", { equation }));
};
var products = {
  BatchMatMul: (graph, { a, b }, attributes) => matMul(graph, a, b, attributes),
  _FusedMatMul: fusedMatMul,
  Einsum: einsum
};

// src/engine/kernels/reductions.ts
var reduce = (graph, op, x, axes, keepDims = false) => {
  const kept = x.shape.map((size, axis) => axes.includes(axis) ? 1 : size);
  const shape = keepDims ? kept : x.shape.filter((_, axis) => !axes.includes(axis));
  const count = axes.reduce((product, axis) => product * x.shape[axis], 1);
  if (count === 1) return reshape(graph, x, shape);
  const number = splatOf(x);
  if (number !== void 0 && count > 0) {
    const reduced = op === "ReduceSum" ? number * count : op === "ReduceProd" ? number ** count : number;
    return splat(graph, reduced, shape, x.dtype);
  }
  const lazy = reduceBroadcast(graph, op, x, axes);
  if (lazy !== void 0) return reshape(graph, lazy, shape);
  const inputs = [full(graph, x), graph.ints(axes)];
  const value = graph.op(op, inputs, shape, x.dtype, { keepdims: keepDims ? 1 : 0 });
  return symbolic(value, shape, x.dtype);
};
var reduceBroadcast = (graph, op, x, axes) => {
  const offset = x.shape.length - x.value.shape.length;
  const isRepeated = (axis) => axis < offset || x.value.shape[axis - offset] !== x.shape[axis];
  const repeated = axes.filter(isRepeated);
  if (repeated.length === 0 || op === "ReduceProd" || sizeOf(x.shape) === 0) return void 0;
  const factor = repeated.reduce((product, axis) => product * x.shape[axis], 1);
  const stored = x.shape.map((size, axis) => repeated.includes(axis) ? 1 : size);
  const rest = axes.filter((axis) => !isRepeated(axis));
  const reduced = reduce(graph, op, { ...x, shape: stored }, rest, true);
  return op === "ReduceSum" ? multiply(graph, reduced, splat(graph, factor, [], x.dtype)) : reduced;
};
var reduction = (op) => (graph, { x }, { axis, keepDims }) => {
  const number = x.dtype === "bool" ? cast(graph, x, "int32") : x;
  return reduce(graph, op, number, axesOf(axis, x.shape), keepDims);
};
var maximum = (graph, { x }, { reductionIndices, keepDims }) => reduce(graph, "ReduceMax", x, axesOf(reductionIndices, x.shape), keepDims);
var mean = (graph, { x }, { axis, keepDims }) => reduce(graph, "ReduceMean", cast(graph, x, "float32"), axesOf(axis, x.shape), keepDims);
var quantifier = (op) => (graph, { x }, { axis, keepDims }) => {
  const axes = axesOf(axis, x.shape);
  const reduced = reduce(graph, op, cast(graph, x, "int32"), axes, keepDims);
  const isOfNothing = axes.some((along) => x.shape[along] === 0);
  if (isOfNothing) return splat(graph, op === "ReduceMin" ? 1 : 0, reduced.shape, "bool");
  return cast(graph, reduced, "bool");
};
var argument = (op) => (graph, { x }, { axis }) => {
  const [along] = axesOf(axis, x.shape);
  const shape = x.shape.filter((_, i) => i !== along);
  const found = graph.op(op, [full(graph, x)], shape, "int64", { axis: along, keepdims: 0 });
  return symbolic(castValue(graph, found, "int32"), shape, "int32");
};
var cumulativeSum = (graph, { x }, { axis, exclusive, reverse: reverse2 }) => {
  const [along] = axesOf(axis, x.shape);
  const attributes = { exclusive: exclusive ? 1 : 0, reverse: reverse2 ? 1 : 0 };
  const number = x.dtype === "bool" ? cast(graph, x, "int32") : x;
  const inputs = [full(graph, number), graph.scalar(along, "int64")];
  const value = graph.op("CumSum", inputs, x.shape, number.dtype, attributes);
  return symbolic(value, x.shape, number.dtype);
};
var cumulativeProduct = (graph, { x }, { axis, exclusive, reverse: reverse2 }) => {
  const [along] = axesOf(axis, x.shape);
  const length = x.shape[along];
  const shifted = (y, by) => {
    const move = x.shape.map((_, i) => i === along ? by : 0);
    const back = move.map((n) => -n);
    const pads = reverse2 ? [...back, ...move] : [...move, ...back];
    const inputs = [full(graph, y), graph.ints(pads), graph.scalar(1, y.value.type)];
    return symbolic(graph.op("Pad", inputs, x.shape, y.value.type), x.shape, x.dtype);
  };
  let product = exclusive ? shifted(x, 1) : x;
  for (let window = 1; window < length; window *= 2) {
    product = multiply(graph, product, shifted(product, window));
  }
  return product;
};
var softmax = (graph, { logits }, { dim }) => {
  const [axis] = axesOf(dim, logits.shape);
  const { shape } = logits;
  const value = graph.op(
    "Softmax",
    [full(graph, cast(graph, logits, "float32"))],
    shape,
    "float32",
    { axis }
  );
  return symbolic(value);
};
var logSoftmax = (graph, { logits }, { axis }) => {
  const [along] = axesOf(axis, logits.shape);
  const inputs = [full(graph, cast(graph, logits, "float32"))];
  return symbolic(graph.op("LogSoftmax", inputs, logits.shape, "float32", { axis: along }));
};
var topK = (graph, { x }, { k, sorted }) => {
  const shape = [...x.shape.slice(0, -1), k];
  const outputs = [
    { shape, type: x.dtype },
    { shape, type: "int64" }
  ];
  const attributes = { axis: -1, largest: 1, sorted: sorted ? 1 : 0 };
  const [values, indices] = graph.ops(
    "TopK",
    [full(graph, x), graph.ints([k])],
    outputs,
    attributes
  );
  return [
    symbolic(values, shape, x.dtype),
    symbolic(castValue(graph, indices, "int32"), shape, "int32")
  ];
};
var layerNorm = (graph, { x }, { epsilon }) => {
  const width = x.shape[x.shape.length - 1];
  const gain = graph.constant(new Float32Array(width).fill(1), [width], "float32");
  const kept = [...x.shape.slice(0, -1), 1];
  const outputs = [x.shape, kept, kept].map((shape) => ({ shape, type: "float32" }));
  const attributes = { axis: -1, epsilon: { float: epsilon } };
  const inputs = [full(graph, cast(graph, x, "float32")), gain];
  const [normal, , scale] = graph.ops("LayerNormalization", inputs, outputs, attributes);
  return [symbolic(normal), symbolic(scale)];
};
var reductions = {
  Sum: reduction("ReduceSum"),
  Prod: reduction("ReduceProd"),
  Min: reduction("ReduceMin"),
  Max: maximum,
  Mean: mean,
  All: quantifier("ReduceMin"),
  Any: quantifier("ReduceMax"),
  ArgMax: argument("ArgMax"),
  ArgMin: argument("ArgMin"),
  Cumsum: cumulativeSum,
  Cumprod: cumulativeProduct,
  Softmax: softmax,
  LogSoftmax: logSoftmax,
  TopK: topK,
  LayerNorm: layerNorm
};

// src/engine/kernels/table.ts
var kernels = {
  ...elementwise,
  ...activations,
  ...creation,
  ...layout,
  ...joining,
  ...reductions,
  ...products,
  ...indexing
};

// src/engine/no-telemetry.ts
process.env.ORT_DISABLE_TELEMETRY = "1";

// src/engine/evaluate.ts
import { createHash } from "node:crypto";
import { createRequire } from "node:module";

// src/engine/protobuf.ts
import { constants } from "node:buffer";
var FIRST_BYTES = 2 ** 16;
var MOST_VARINTS = 20;
var ONE_BYTE = 127;
var ProtobufWriter = class {
  #bytes = Buffer.allocUnsafe(FIRST_BYTES);
  #length = 0;
  /** An integer, enum or boolean field. */
  integer(field, value) {
    this.#reserve(MOST_VARINTS);
    this.#varint(field << 3);
    this.#varint(value);
  }
  /** A float field. */
  float(field, value) {
    this.#reserve(MOST_VARINTS);
    this.#varint(field << 3 | 5);
    this.#length = this.#bytes.writeFloatLE(value, this.#length);
  }
  /** A string field. */
  text(field, value) {
    if (value.length > ONE_BYTE || !this.#ascii(field, value)) {
      this.bytes(field, Buffer.from(value));
    }
  }
  /** A field of bytes. */
  bytes(field, value) {
    this.#reserve(MOST_VARINTS + value.byteLength);
    this.#varint(field << 3 | 2);
    this.#varint(value.byteLength);
    this.#bytes.set(value, this.#length);
    this.#length += value.byteLength;
  }
  /** An embedded message, written by `write`. */
  message(field, write) {
    this.#reserve(MOST_VARINTS);
    this.#varint(field << 3 | 2);
    const start = ++this.#length;
    write();
    const size = this.#length - start;
    const more = varintBytes(size) - 1;
    if (more > 0) {
      this.#reserve(more);
      this.#bytes.copyWithin(start + more, start, this.#length);
    }
    this.#length = start - 1;
    this.#varint(size);
    this.#length += size;
  }
  /** What was written. */
  finish() {
    return new Uint8Array(this.#bytes.subarray(0, this.#length));
  }
  /**
   * Writes a short text if it is ASCII, as names are: for those, calls of native functions take longer
   * than this. Says whether it did.
   */
  #ascii(field, value) {
    const { length } = value;
    this.#reserve(MOST_VARINTS + length);
    const before = this.#length;
    this.#varint(field << 3 | 2);
    this.#varint(length);
    const start = this.#length;
    this.#length += length;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code > ONE_BYTE) {
        this.#length = before;
        return false;
      }
      this.#bytes[start + i] = code;
    }
    return true;
  }
  #reserve(more) {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const twice = Math.min(2 * this.#bytes.length, constants.MAX_LENGTH);
    const larger = Buffer.allocUnsafe(Math.max(needed, twice));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
  #varint(value) {
    let at = this.#length;
    if (value >= 0 && value < 2 ** 31) {
      let rest = value;
      for (; rest > 127; rest >>>= 7) this.#bytes[at++] = rest & 127 | 128;
      this.#bytes[at++] = rest;
    } else {
      let rest = BigInt.asUintN(64, BigInt(value));
      for (; rest > 127n; rest >>= 7n) this.#bytes[at++] = Number(rest & 127n) | 128;
      this.#bytes[at++] = Number(rest);
    }
    this.#length = at;
  }
};
var varintBytes = (value) => {
  let bytes = 1;
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) bytes++;
  return bytes;
};

// src/engine/onnx.ts
var IR_VERSION = 9;
var OPSET = 18;
var ELEMENT_TYPE = {
  float32: 1,
  int32: 6,
  int64: 7,
  bool: 9
};
var NOTHING = "nothing";
var encodeModel = (outputs, inputs, { nothingFirst = false } = {}) => {
  const nodes = nodesFor(outputs.map(({ value }) => value));
  const publicNames = /* @__PURE__ */ new Map();
  const copies = [];
  for (const output of outputs) {
    if (output.value.source.kind === "node" && !publicNames.has(output.value)) {
      publicNames.set(output.value, output.name);
    } else copies.push(output);
  }
  const taken = /* @__PURE__ */ new Set([...inputs.keys(), ...outputs.map(({ name }) => name)]);
  const used = new Set(copies.map(({ value }) => value));
  for (const node of nodes) for (const value of node.inputs) if (value) used.add(value);
  const local = /* @__PURE__ */ new Map();
  const nameOf = (value) => {
    if (value.source.kind === "input") return value.source.name;
    const known = publicNames.get(value) ?? local.get(value);
    if (known !== void 0) return known;
    let name = `${value.source.kind === "constant" ? "c" : "v"}${local.size}`;
    while (taken.has(name)) name += "_";
    local.set(value, name);
    return name;
  };
  const isRead = (value) => used.has(value) || publicNames.has(value);
  const kept = [...inputs].filter(([, value]) => used.has(value));
  const to = new ProtobufWriter();
  const operatorSet = (domain, version) => to.message(8, () => {
    to.text(1, domain);
    to.integer(2, version);
  });
  to.integer(1, IR_VERSION);
  to.text(2, "shatter");
  to.message(7, () => {
    if (nothingFirst) writeNothing(to);
    for (const [index, node] of nodes.entries()) writeNode(to, node, index, nameOf, isRead);
    for (const { name, value } of copies) writeIdentity(to, nameOf(value), name);
    to.text(2, "program");
    for (const value of used) {
      const { source } = value;
      if (source.kind === "constant") writeTensor(to, nameOf(value), value, source.data);
    }
    for (const [name, value] of kept) writeValueInfo(to, 11, name, value);
    if (nothingFirst) writeNothingInfo(to);
    for (const { name, value } of outputs) writeValueInfo(to, 12, name, value);
  });
  operatorSet("", OPSET);
  if (nodes.some(({ domain }) => domain === MICROSOFT)) operatorSet(MICROSOFT, 1);
  return { bytes: to.finish(), inputs: kept.map(([name]) => name), nodes };
};
var writeNothing = (to) => to.message(1, () => {
  to.text(2, NOTHING);
  to.text(3, NOTHING);
  to.text(4, "SequenceEmpty");
});
var writeNothingInfo = (to) => to.message(12, () => {
  to.text(1, NOTHING);
  to.message(
    2,
    () => to.message(
      4,
      () => to.message(1, () => to.message(1, () => to.integer(1, ELEMENT_TYPE.float32)))
    )
  );
});
var writeIdentity = (to, from, name) => to.message(1, () => {
  to.text(1, from);
  to.text(2, name);
  to.text(3, `output_${name}`);
  to.text(4, "Identity");
});
var ALL_OUTPUTS = /* @__PURE__ */ new Set(["Split", "TopK"]);
var writeNode = (to, node, index, nameOf, isRead) => {
  const outputs = node.outputs.map((value) => nameOf(value));
  const last = ALL_OUTPUTS.has(node.op) ? node.outputs.length - 1 : node.outputs.findLastIndex(isRead);
  to.message(1, () => {
    for (const value of node.inputs) to.text(1, value === void 0 ? "" : nameOf(value));
    for (const name of outputs.slice(0, Math.max(last, 0) + 1)) to.text(2, name);
    to.text(3, `${node.op}_${index}`);
    to.text(4, node.op);
    for (const [name, value] of Object.entries(node.attributes)) writeAttribute(to, name, value);
    if (node.domain !== "") to.text(7, node.domain);
  });
};
var writeAttribute = (to, name, value) => to.message(5, () => {
  to.text(1, name);
  if (typeof value === "number") {
    to.integer(3, value);
    to.integer(20, 2);
  } else if (typeof value === "string") {
    to.text(4, value);
    to.integer(20, 3);
  } else if ("float" in value) {
    to.float(2, value.float);
    to.integer(20, 1);
  } else {
    for (const item of value) to.integer(8, item);
    to.integer(20, 7);
  }
});
var writeTensor = (to, name, value, data) => to.message(5, () => {
  for (const size of value.shape) to.integer(1, size);
  to.integer(2, ELEMENT_TYPE[value.type]);
  to.text(8, name);
  to.bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
});
var writeValueInfo = (to, field, name, value) => to.message(field, () => {
  to.text(1, name);
  to.message(
    2,
    () => to.message(1, () => {
      to.integer(1, ELEMENT_TYPE[value.type]);
      to.message(2, () => {
        for (const size of value.shape) to.message(1, () => to.integer(1, size));
      });
    })
  );
});

// src/engine/session.ts
var runtime;
var loadRuntime = () => {
  runtime ??= import("onnxruntime-node").catch((cause) => {
    throw new EngineError(
      `cannot load onnxruntime-node: ${String(cause)}; reinstall it (npm ci) or choose another backend`,
      { cause }
    );
  });
  return runtime;
};
var SESSION_OPTIONS = {
  executionProviders: ["cpu"],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: "sequential",
  graphOptimizationLevel: "disabled",
  enableMemPattern: false,
  // What it would print arrives as an error, with the line of the model.
  logSeverityLevel: 4
};
var createSession = async (model, options = {}, placed = () => model.nodes) => {
  const { InferenceSession } = await loadRuntime();
  try {
    return await InferenceSession.create(model.bytes, { ...SESSION_OPTIONS, ...options });
  } catch (cause) {
    throw new EngineError(
      `onnxruntime refused the traced graph: ${reason(cause)}${accusedNode(placed(), cause)}`,
      { cause }
    );
  }
};
var reason = (cause) => cause instanceof Error ? cause.message : String(cause);
var accusedNode = (nodes, cause) => {
  for (const [, op, index] of reason(cause).matchAll(/\b([A-Za-z]+)_(\d+)\b/g)) {
    const node = nodes[Number(index)];
    if (node?.op !== op) continue;
    const shapes = node.inputs.map((value) => `${value?.type}[${value?.shape}]`).join(", ");
    const stack = node.origin?.place?.stack;
    const asker = runningOp(stack);
    const line = modelLine(stack);
    const made = asker === void 0 ? op : `${op} for tf.${asker}`;
    return ` (${made} of ${shapes})${line === void 0 ? "" : `
    at ${line}`}`;
  }
  return "";
};
var runtimeTensor = ({ Tensor }, type, data, shape) => new Tensor(type, data, shape);

// src/engine/evaluate.ts
var require2 = createRequire(import.meta.url);
var openSession = (model) => {
  const { binding, initOrt } = require2("onnxruntime-node/dist/binding.js");
  initOrt();
  const session = new binding.InferenceSession();
  const { buffer, byteOffset, byteLength } = model.bytes;
  session.loadModel(buffer, byteOffset, byteLength, SESSION_OPTIONS);
  return session;
};
var KEPT_SESSIONS = 64;
var sessions = /* @__PURE__ */ new Map();
var sessionOf = (model) => {
  const key = createHash("sha256").update(model.bytes).digest("base64");
  const session = sessions.get(key) ?? openSession(model);
  sessions.delete(key);
  sessions.set(key, session);
  for (const [old, { dispose }] of sessions) {
    if (sessions.size <= KEPT_SESSIONS) break;
    dispose.call(sessions.get(old));
    sessions.delete(old);
  }
  return session;
};
var evaluate = (values) => {
  const outputs = values.filter(({ source }) => source.kind === "node").map((value, i) => ({ name: `output${i}`, value }));
  if (outputs.length === 0) return;
  const { model, feeds } = parametrised(outputs);
  try {
    const fetches = Object.fromEntries(outputs.map(({ name }) => [name, null]));
    const results = sessionOf(model).run(feeds, fetches, {});
    for (const { name, value } of outputs) {
      value.source = { kind: "constant", data: results[name].data };
    }
  } catch (cause) {
    throw new EngineError(
      `onnxruntime cannot compute a tensor: ${reason(cause)}${accusedNode(model.nodes, cause)}`,
      { cause }
    );
  }
};
var parametrised = (outputs) => {
  const { Tensor } = require2("onnxruntime-node");
  const feeds = {};
  const inputs = /* @__PURE__ */ new Map();
  const restore = [];
  try {
    for (const value of new Set(
      nodesFor(outputs.map((output) => output.value)).flatMap((node) => node.inputs)
    )) {
      const source = value?.source;
      if (value === void 0 || source === void 0) continue;
      if (source.kind === "input") {
        throw new EngineError(
          "a tensor made inside a traced step is used outside it, where it has no value: return it as an output"
        );
      }
      if (source.kind !== "constant" || value.type === "int64") continue;
      const name = `input${inputs.size}`;
      inputs.set(name, value);
      feeds[name] = runtimeTensor({ Tensor }, value.type, source.data, value.shape);
      value.source = { kind: "input", name };
      restore.push(() => {
        value.source = source;
      });
    }
    return { model: encodeModel(outputs, inputs), feeds };
  } finally {
    for (const undo of restore) undo();
  }
};

// src/engine/recording.ts
var LARGE_CONSTANT_ELEMENTS = 1e6;
var MANY_NODES = 1e3;
var TOO_MANY_NODES = 2e4;
var RecordingBackend = class extends tf.KernelBackend {
  #tensors = new tf.DataStorage(this, tf.engine());
  /** Living tensors whose values are recorded and not computed yet. */
  #pending = /* @__PURE__ */ new Set();
  graph = new Graph();
  isTracing = false;
  /** Whether nodes of a trace know the line of the model that made them, which takes a stack each. */
  keepsPlaces = false;
  /** The first attempt to read a tensor inside the trace at hand: in an async step it gets lost. */
  readWhileTracing;
  symbolOf({ dataId }) {
    if (!this.#tensors.has(dataId) && !tf.engine().state.tensorInfo.has(dataId)) {
      throw new EngineError(
        "a tensor is used after it was disposed: keep it with tf.keep, or clone it, if a tf.tidy ends before"
      );
    }
    return this.#tensors.get(dataId).x;
  }
  /** Registers a symbolic tensor and returns what tfjs needs to make a Tensor of it. */
  keep(x) {
    const dataId = {};
    this.#store(dataId, x, 1);
    return { dataId, shape: [...x.shape], dtype: x.dtype };
  }
  #store(dataId, x, references) {
    this.#tensors.set(dataId, { x, references });
    if (!this.isTracing && x.value.source.kind === "node") this.#pending.add(new WeakRef(dataId));
  }
  write(values, shape, dtype) {
    const dataId = {};
    this.move(dataId, values, shape, dtype, 1);
    return dataId;
  }
  move(dataId, values, shape, dtype, references) {
    this.computeIfMany();
    this.#store(dataId, this.#constant(values, shape, dtype), references);
  }
  #constant(values, shape, dtype) {
    if (dtype !== "float32" && dtype !== "int32" && dtype !== "bool") {
      throw new EngineError(`${dtype} tensors are not supported: use float32, int32 or bool`);
    }
    const given = values;
    if (isSplat(given))
      return splat(this.graph, Number(dataOf([given[0]], dtype)[0]), shape, dtype);
    const data = dataOf(given, dtype);
    if (this.isTracing && data.length > LARGE_CONSTANT_ELEMENTS) {
      process.emitWarning(
        `a constant of shape [${shape}] is baked into the compiled graph; make it an input or a state`,
        { detail: modelLine(withDeepStacks(() => new Error()).stack) ?? "" }
      );
    }
    return { shape, dtype, value: this.graph.constant(data, shape, dtype) };
  }
  /** Where in the trace at hand a tensor was made: less for what came before. */
  orderOf(tensor) {
    return this.isTracing ? this.symbolOf(tensor).value.id : 0;
  }
  /** Whether a traced step would have this value in every run, whatever its inputs. */
  isBaked(tensor) {
    return this.isTracing && this.symbolOf(tensor).value.source.kind === "constant";
  }
  async read(dataId) {
    return this.readSync(dataId);
  }
  readSync(dataId) {
    const x = this.symbolOf({ dataId });
    this.#refuseReadWhileTracing(x);
    const value = full(this.graph, x);
    if (value.source.kind !== "constant") this.#computePending([value]);
    if (value !== x.value) this.#tensors.get(dataId).x = { ...x, value };
    if (value.source.kind !== "constant") throw new EngineError("a tensor was not computed");
    return copyOf(value.source.data);
  }
  #refuseReadWhileTracing(x) {
    if (!this.isTracing || x.value.source.kind === "constant") return;
    const error = new EngineError(
      `a tensor of shape [${x.shape}] is read inside a traced step, where it has no value yet: return it as an output, and choose between values with tf.where`
    );
    this.readWhileTracing ??= error;
    throw error;
  }
  /** Computes what was recorded for living tensors. */
  compute() {
    this.#computePending([]);
  }
  /**
   * Keeps programs that never read from recording without end. Between the outermost operations, so
   * that every round of a loop records the same graph and its session is found again.
   */
  computeIfMany() {
    if (this.isTracing) return;
    const recorded = Math.max(this.graph.size, this.#pending.size);
    const isBetween = tf.engine().state.scopeStack.length <= 1;
    if (recorded >= (isBetween ? MANY_NODES : TOO_MANY_NODES)) this.compute();
  }
  /** Computes the values wanted, and with them all living ones: none is computed twice. */
  #computePending(wanted) {
    const living = [...this.#pending].flatMap((reference) => {
      const dataId = reference.deref();
      return dataId !== void 0 && this.#tensors.has(dataId) ? [this.#tensors.get(dataId).x.value] : [];
    });
    this.#pending.clear();
    this.graph.forget();
    try {
      evaluate([.../* @__PURE__ */ new Set([...wanted, ...living])]);
    } catch {
      evaluate(wanted);
    }
  }
  disposeData(dataId, force = false) {
    if (!this.#tensors.has(dataId)) return true;
    const stored = this.#tensors.get(dataId);
    stored.references--;
    if (!force && stored.references > 0) return false;
    this.#tensors.delete(dataId);
    return true;
  }
  refCount(dataId) {
    return this.#tensors.has(dataId) ? this.#tensors.get(dataId).references : 0;
  }
  incRef(dataId) {
    this.#tensors.get(dataId).references++;
  }
  numDataIds() {
    return this.#tensors.numDataIds();
  }
  memory() {
    return {
      unreliable: true,
      reasons: ["the memory of onnxruntime sessions and of values not computed yet is not counted"]
    };
  }
  async time(f) {
    this.compute();
    const start = performance.now();
    f();
    this.compute();
    const wallMs = performance.now() - start;
    return { kernelMs: wallMs, wallMs };
  }
  floatPrecision() {
    return 32;
  }
  timerAvailable() {
    return true;
  }
  dispose() {
  }
};
var isSplat = (values) => {
  const { length } = values;
  for (let i = 1; i < length; i++) if (values[i] !== values[0]) return false;
  return length > 0;
};
var copyOf = (data) => data.slice();

// src/engine/backend.ts
var BACKEND_NAME = "onnxruntime";
var applyKernel = (backend, name, kernel, inputs, attributes) => {
  backend.computeIfMany();
  const symbols = {};
  for (const [key, info] of Object.entries(inputs)) {
    if (info !== void 0 && info !== null) symbols[key] = backend.symbolOf(info);
  }
  const isPlaced = !backend.isTracing || backend.keepsPlaces;
  const place = isPlaced ? withDeepStacks(() => new Error()) : void 0;
  backend.graph.origin = { kernel: name, place };
  try {
    const made = kernel(backend.graph, symbols, attributes ?? {});
    return Array.isArray(made) ? made.map((x) => backend.keep(x)) : backend.keep(made);
  } catch (cause) {
    if (cause instanceof EngineError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new EngineError(`kernel ${name} of ${describe(symbols)}: ${why}`, { cause });
  } finally {
    backend.graph.origin = void 0;
  }
};
var describe = (inputs) => Object.entries(inputs).map(([name, x]) => `${name}: ${x.dtype}[${x.shape}]`).join(", ");
var instance;
var recordingBackend = () => {
  if (instance !== void 0) return instance;
  const backend = new RecordingBackend();
  instance = backend;
  tf.registerBackend(BACKEND_NAME, () => backend, 0);
  registerKernels(kernels);
  refuseOthers();
  return backend;
};
var withLine = (f) => withDeepStacks(() => {
  try {
    return f();
  } catch (cause) {
    throw explained(cause);
  }
});
var refuseOthers = () => {
  for (const { kernelName } of tf.getKernelsForBackend("cpu")) {
    if (kernelName in kernels) continue;
    tf.registerKernel({
      kernelName,
      backendName: BACKEND_NAME,
      kernelFunc: () => withLine(() => {
        throw new Error(`kernel '${kernelName}' not registered for backend '${BACKEND_NAME}'`);
      })
    });
  }
};
var registerKernels = (table) => {
  for (const [kernelName, kernel] of Object.entries(table)) {
    tf.registerKernel({
      kernelName,
      backendName: BACKEND_NAME,
      kernelFunc: ({ inputs, attrs }) => {
        const backend = recordingBackend();
        const run = () => applyKernel(backend, kernelName, kernel, inputs, attrs);
        return backend.isTracing ? run() : withLine(run);
      }
    });
  }
};

// src/engine/optimizers.ts
var zeros = (shape) => ({
  shape,
  dtype: "float32",
  values: new Float32Array(sizeOf(shape))
});
var zerosFor = (parameters, prefixes) => Object.fromEntries(
  prefixes.flatMap(
    (prefix) => Object.entries(parameters).map(([name, { shape }]) => [`${prefix}/${name}`, zeros(shape)])
  )
);
var checkRate = ({ learningRate }) => {
  if (!recordingBackend().isBaked(learningRate)) return;
  process.emitWarning(
    "the learning rate is a constant of the compiled step, the same in every run; make it an input",
    { detail: modelLine(withDeepStacks(() => new Error()).stack) ?? "" }
  );
};
var rateOf = ({ learningRate, multipliers }, name) => {
  const factor = multipliers?.[name] ?? 1;
  return factor === 1 ? learningRate : tf.mul(learningRate, factor);
};
var sgd = () => ({
  initialState: () => ({}),
  update: (input) => {
    checkRate(input);
    const parameters = mapNamed(
      input.gradients,
      (g, name) => tf.sub(input.parameters[name], tf.mul(g, rateOf(input, name)))
    );
    return { parameters, state: {} };
  }
});
var momentum = ({ momentum: momentum2 = 0.9 } = {}) => ({
  initialState: (parameters) => zerosFor(parameters, ["momentum"]),
  update: (input) => {
    checkRate(input);
    const velocity = mapNamed(
      input.gradients,
      (g, name) => tf.add(tf.mul(input.state[`momentum/${name}`], momentum2), g)
    );
    return {
      parameters: mapNamed(
        velocity,
        (v, name) => tf.sub(input.parameters[name], tf.mul(v, rateOf(input, name)))
      ),
      state: prefixed("momentum", velocity)
    };
  }
});
var clipByGlobalNorm = (gradients, limit) => {
  const norm = globalNorm(gradients);
  const scale = tf.div(limit, tf.maximum(norm, limit));
  return { gradients: mapNamed(gradients, (g) => tf.mul(g, scale)), norm };
};
var globalNorm = (tensors) => {
  const backend = recordingBackend();
  const inOrder = Object.values(tensors).sort((a, b) => backend.orderOf(a) - backend.orderOf(b));
  return tf.sqrt(tf.addN(inOrder.map((g) => tf.sum(tf.square(g)))));
};
var valueAndGradients = (loss, parameters) => {
  const names = Object.keys(parameters);
  const { value, grads } = tf.valueAndGrads(
    (...tensors) => loss(Object.fromEntries(names.map((name, i) => [name, tensors[i]]))).asScalar()
  )(names.map((name) => parameters[name]));
  return {
    value,
    gradients: Object.fromEntries(names.map((name, i) => [name, grads[i]]))
  };
};
var mapNamed = (tensors, f) => Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, f(tensor, name)]));
var prefixed = (prefix, tensors) => Object.fromEntries(
  Object.entries(tensors).map(([name, tensor]) => [`${prefix}/${name}`, tensor])
);

// src/engine/packing.ts
var packedName = (tensors) => {
  let name = "packed";
  while (name in tensors) name += "_";
  return name;
};
var LARGE = 2 ** 15;
var isPacked = (shape) => sizeOf(shape) < LARGE;
var smallOf = (tensors) => Object.values(tensors).filter(({ shape }) => isPacked(shape));
var laidOut = (tensors) => tf.concat1d(smallOf(tensors).map((tensor) => tf.reshape(tensor, [-1])));
var pack = (tensors) => {
  const large = Object.entries(tensors).filter(([, { shape }]) => !isPacked(shape));
  const isWhole = large.length === Object.keys(tensors).length;
  return {
    ...Object.fromEntries(large),
    ...isWhole ? {} : { [packedName(tensors)]: laidOut(tensors) }
  };
};
var packedSpecs = (specs) => {
  const entries = Object.entries(specs);
  const large = entries.filter(([, { shape }]) => !isPacked(shape));
  const sizes = entries.filter(([, { shape }]) => isPacked(shape)).map(([, s]) => sizeOf(s.shape));
  const size = sizes.reduce((a, b) => a + b, 0);
  return {
    ...Object.fromEntries(large),
    ...sizes.length === 0 ? {} : { [packedName(specs)]: { shape: [size], dtype: "float32" } }
  };
};
var unpack2 = (packed, like) => {
  const small = Object.entries(like).filter(([, { shape }]) => isPacked(shape));
  const sizes = small.map(([, { shape }]) => sizeOf(shape));
  const whole = packed[packedName(like)];
  const parts = sizes.length > 1 ? tf.split(whole, sizes) : [whole];
  const bySmall = new Map(small.map(([name, { shape }], i) => [name, tf.reshape(parts[i], shape)]));
  return Object.fromEntries(
    Object.keys(like).map((name) => [name, bySmall.get(name) ?? packed[name]])
  );
};

// src/engine/adam.ts
var adam = ({
  beta1 = 0.9,
  beta2 = 0.999,
  epsilon = 1e-8
} = {}) => ({
  initialState: (parameters) => ({
    "adam/step": { shape: [], dtype: "float32", values: new Float32Array(1) },
    ...zerosFor(packedSpecs(parameters), ["adam/first", "adam/second"])
  }),
  update: (input) => {
    checkRate(input);
    const step2 = tf.add(input.state["adam/step"], 1);
    const firstScale = tf.div(1 - beta1, tf.sub(1, tf.pow(beta1, step2)));
    const rootScale = tf.sqrt(tf.div(1 - beta2, tf.sub(1, tf.pow(beta2, step2))));
    const scaledEpsilon = tf.div(epsilon, rootScale);
    const gradients = pack(input.gradients);
    const held = pack(mapNamed(input.gradients, (_, name) => input.parameters[name]));
    const first = mapNamed(
      gradients,
      (g, name) => tf.add(tf.mul(input.state[`adam/first/${name}`], beta1), g)
    );
    const second = mapNamed(
      gradients,
      (g, name) => tf.add(tf.mul(input.state[`adam/second/${name}`], beta2), tf.square(g))
    );
    const parameters = mapNamed(first, (m, name) => {
      const rate = tf.div(tf.mul(ratesOf(input, name), firstScale), rootScale);
      const direction = tf.div(m, tf.add(tf.sqrt(second[name]), scaledEpsilon));
      return tf.sub(held[name], tf.mul(direction, rate));
    });
    return {
      parameters: unpack2(parameters, input.gradients),
      state: {
        "adam/step": step2,
        ...prefixed("adam/first", first),
        ...prefixed("adam/second", second)
      }
    };
  }
});
var ratesOf = (input, name) => {
  const { gradients, multipliers = {} } = input;
  if (name !== packedName(gradients)) return rateOf(input, name);
  const small = Object.keys(gradients).filter((one) => isPacked(gradients[one].shape));
  if (small.every((one) => (multipliers[one] ?? 1) === 1)) return input.learningRate;
  const factors = mapNamed(gradients, ({ shape }, one) => tf.fill(shape, multipliers[one] ?? 1));
  return tf.mul(input.learningRate, laidOut(factors));
};

// src/engine/backends.ts
import { createRequire as createRequire3 } from "node:module";
import { dirname as dirname2, sep } from "node:path";

// src/engine/tensorflow.ts
import { existsSync, readdirSync } from "node:fs";
import { createRequire as createRequire2 } from "node:module";
import { dirname, join } from "node:path";
import util from "node:util";
var PACKAGES = ["@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-node"];
var FIX = "run `npm run setup:gpu`, or use onnxruntime";
var loadTensorflow = (require3 = createRequire2(import.meta.url)) => {
  const failures = [];
  for (const name of PACKAGES) {
    const manifest = resolved(require3, `${name}/package.json`);
    if (manifest === void 0) continue;
    if (!hasLibrary(dirname(manifest))) {
      failures.push(`${name} has no native library`);
      continue;
    }
    try {
      restoreRemovedUtil();
      const library = require3(name);
      const backend = tf.findBackend("tensorflow");
      const device = backend?.isUsingGpuDevice ? "gpu" : "cpu";
      return { package: name, version: library.version["tfjs-node"] ?? "unknown", device };
    } catch (cause) {
      failures.push(`${name} does not load: ${reason(cause).split("\n")[0]}`);
    }
  }
  const why = failures.length === 0 ? `${PACKAGES[0]} is not installed` : failures.join("; ");
  throw new EngineError(`${why}; ${FIX}`);
};
var resolved = (require3, path) => {
  try {
    return require3.resolve(path);
  } catch {
    return void 0;
  }
};
var hasLibrary = (folder) => {
  const libraries = join(folder, "lib");
  if (!existsSync(libraries)) return false;
  return readdirSync(libraries).some(
    (name) => existsSync(join(libraries, name, "tfjs_binding.node"))
  );
};
var restoreRemovedUtil = () => {
  const old = util;
  old.isNullOrUndefined ??= (value) => value === null || value === void 0;
  old.isArray ??= Array.isArray;
};

// src/engine/backends.ts
var describeBackends = async () => {
  const tensorflow = await report("tensorflow", tensorflowDetail);
  const onnxruntime = await report("onnxruntime", onnxruntimeDetail);
  const cpu = {
    name: "cpu",
    works: true,
    detail: `tfjs ${tf.version.tfjs}, reference only`
  };
  const backends = [tensorflow, onnxruntime, cpu];
  if (tensorflow.works && tensorflow.detail.endsWith("gpu")) {
    return { chosen: "tensorflow", why: "its native library and a gpu were found", backends };
  }
  if (onnxruntime.works) {
    const why = tensorflow.works ? "tensorflow has no gpu here" : "tensorflow is not there";
    return { chosen: "onnxruntime", why: `fastest on a cpu, and ${why}`, backends };
  }
  return { chosen: "cpu", why: `onnxruntime does not work: ${onnxruntime.detail}`, backends };
};
var report = async (name, detail) => {
  try {
    return { name, works: true, detail: await detail() };
  } catch (cause) {
    return { name, works: false, detail: reason(cause).split("\n")[0] };
  }
};
var onnxruntimeDetail = async () => {
  const { env: env2 } = await loadRuntime();
  return `onnxruntime-node ${env2.versions.node ?? env2.versions.common}`;
};
var tensorflowDetail = async () => {
  const found = loadTensorflow();
  return `${found.package} ${found.version} on the ${found.device}`;
};
var prepareBackend = async (backend) => {
  switch (backend) {
    case "tensorflow":
      loadTensorflow();
      return;
    case "wasm":
      return loadWasm();
    case "cpu":
      return;
    default: {
      const unknown = backend;
      const known = "auto, onnxruntime, tensorflow, cpu, wasm";
      throw new EngineError(`there is no backend '${unknown}'; known: ${known}`);
    }
  }
};
var loadWasm = async () => {
  try {
    const wasm = await import("@tensorflow/tfjs-backend-wasm");
    const require3 = createRequire3(import.meta.url);
    const entry = require3.resolve("@tensorflow/tfjs-backend-wasm");
    wasm.setWasmPaths(dirname2(entry) + sep);
    wasm.setThreadsCount(1);
  } catch (cause) {
    throw new EngineError("install @tensorflow/tfjs-backend-wasm to use the wasm backend", {
      cause
    });
  }
};

// src/engine/export.ts
import { randomUUID } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";

// src/engine/clones.ts
var withoutCloneKernels = (backend) => {
  const engine = tf.engine();
  const taping = engine;
  const { clone } = taping;
  taping.clone = (x) => {
    backend.symbolOf(x);
    backend.incRef(x.dataId);
    const y = engine.makeTensorFromTensorInfo(x, backend);
    taping.addTapeNode("clone", { x }, [y], (dy) => ({ x: () => tf.clone(dy) }), [], {});
    return y;
  };
  return () => {
    taping.clone = clone;
  };
};

// src/engine/values.ts
var ARRAY_OF = {
  float32: "Float32Array",
  int32: "Int32Array",
  bool: "Uint8Array"
};
var checkDefinition = ({ inputs, state, step: step2 }) => {
  for (const [name, part] of Object.entries({ inputs, state })) {
    if (typeof part === "object" && part !== null) continue;
    throw new EngineError(`the definition of a step wants ${name}: { name: { shape, dtype } }`);
  }
  if (typeof step2 !== "function") {
    throw new EngineError("the definition of a step wants step: (inputs, state) => ({ outputs })");
  }
  for (const [name, spec] of Object.entries(inputs)) checkSpec("input", name, spec);
  for (const [name, spec] of Object.entries(state)) checkSpec("state", name, spec);
  const values = Object.entries(state).map(([name, spec]) => [name, spec.values]);
  checkValues("state", Object.fromEntries(values), state);
};
var checkSpec = (role, name, { shape, dtype }) => {
  if (!Object.hasOwn(ARRAY_OF, dtype)) {
    const known = Object.keys(ARRAY_OF).join(", ");
    throw new EngineError(`${role} '${name}' has dtype '${dtype}'; known: ${known}`);
  }
  const isFixed = Array.isArray(shape) && shape.every((n) => Number.isSafeInteger(n) && n >= 0);
  if (isFixed) return;
  throw new EngineError(
    `${role} '${name}' has shape [${shape}]: every size must be a whole number, fixed before compiling`
  );
};
var checkValues = (role, values, specs) => {
  for (const name of Object.keys(specs)) {
    if (values[name] === void 0) throw new EngineError(`${role} '${name}' is missing`);
  }
  for (const [name, data] of Object.entries(values)) {
    const spec = specs[name];
    if (spec === void 0) {
      if (role === "input") continue;
      const known = Object.keys(specs).join(", ") || "none";
      throw new EngineError(`there is no ${role} '${name}'; known: ${known}`);
    }
    const { shape, dtype } = spec;
    const type = arrayType(data);
    if (type !== ARRAY_OF[dtype]) {
      throw new EngineError(
        `${role} '${name}' is ${dtype} and wants a ${ARRAY_OF[dtype]}, not ${type}`
      );
    }
    if (data.length !== sizeOf(shape)) {
      throw new EngineError(
        `${role} '${name}' has shape [${shape}], ${sizeOf(shape)} elements, but was given ${data.length}`
      );
    }
  }
};
var arrayType = (data) => Object.prototype.toString.call(data).slice("[object ".length, -1);

// src/engine/trace.ts
var stateName = (name) => `state/${name}`;
var trace = (definition) => {
  checkDefinition(definition);
  return withDeepStacks(() => traceStep(definition));
};
var traceWithPlaces = (definition) => {
  const backend = recordingBackend();
  backend.keepsPlaces = true;
  try {
    return trace(definition);
  } finally {
    backend.keepsPlaces = false;
  }
};
var traceStep = ({ inputs, state, step: step2 }) => {
  const backend = recordingBackend();
  backend.compute();
  const before = { backend: tf.getBackend(), graph: backend.graph };
  backend.graph = new Graph();
  backend.isTracing = true;
  backend.readWhileTracing = void 0;
  void tf.setBackend(BACKEND_NAME);
  const undo = [guardAgainstSideEffects(), withoutCloneKernels(backend)];
  try {
    const values = /* @__PURE__ */ new Map();
    const placeholders = (specs, nameOf) => Object.fromEntries(
      Object.entries(specs).map(([name, { shape, dtype }]) => {
        const value = backend.graph.input(nameOf(name), shape, dtype);
        values.set(nameOf(name), value);
        return [name, placeholder({ shape, dtype, value })];
      })
    );
    return tf.tidy("trace", (() => {
      const given = placeholders(inputs, (name) => name);
      const held = placeholders(state, stateName);
      const result = checkedResult(step2(given, held), backend.readWhileTracing);
      const nextState = Object.entries(result.state ?? {}).flatMap(
        ([name, tensor]) => tensor === held[name] ? [] : [[name, nextValue(name, tensor, state)]]
      );
      const outputs = Object.entries(result.outputs).map(
        ([name, tensor]) => [name, outputValue(name, tensor)]
      );
      return { inputs: values, outputs: new Map(outputs), nextState: new Map(nextState) };
    }));
  } catch (cause) {
    throw explained(cause);
  } finally {
    for (const undoOne of undo) undoOne();
    backend.isTracing = false;
    backend.graph = before.graph;
    void tf.setBackend(before.backend || "cpu");
  }
};
var checkedResult = (result, reading) => {
  if (result instanceof Promise) {
    result.catch(() => {
    });
    throw reading ?? new EngineError("the step is asynchronous: it must return { outputs, state }, not a promise");
  }
  if (typeof result?.outputs !== "object") {
    throw new EngineError("the step must return { outputs, state }: named tensors each");
  }
  return result;
};
var placeholder = (x) => {
  const backend = recordingBackend();
  return tf.engine().makeTensorFromTensorInfo(backend.keep(x), backend);
};
var outputValue = (name, tensor) => {
  if (!(tensor instanceof tf.Tensor)) {
    throw new EngineError(`output '${name}' of the step is not a tensor`);
  }
  const backend = recordingBackend();
  return full(backend.graph, backend.symbolOf(tensor));
};
var nextValue = (name, tensor, state) => {
  const spec = state[name];
  if (spec === void 0) {
    const known = Object.keys(state).join(", ");
    throw new EngineError(
      `the step returns a state '${name}' that was not declared; known: ${known}`
    );
  }
  if (`${tensor.shape}` !== `${spec.shape}`) {
    throw new EngineError(
      `the step changes the shape of state '${name}' from [${spec.shape}] to [${tensor.shape}]`
    );
  }
  return castValue(recordingBackend().graph, outputValue(name, tensor), spec.dtype);
};
var guardAgainstSideEffects = () => {
  const engine = tf.engine();
  const random = Math.random;
  const { makeVariable, startScope } = engine;
  const { assign } = tf.Variable.prototype;
  engine.makeVariable = () => {
    throw new EngineError(
      "a variable is created inside a traced step: declare it as state instead"
    );
  };
  tf.Variable.prototype.assign = ({ shape }) => {
    throw new EngineError(
      `a variable of shape [${shape}] is assigned inside a traced step: return its next value as state`
    );
  };
  const refuseRandomness = () => {
    throw new EngineError(
      "a random number is drawn inside a traced step, and would be the same in every run: pass it as an input"
    );
  };
  Math.random = refuseRandomness;
  engine.startScope = (name) => {
    if (/^(random|truncatedNormal|multinomial)/.test(name ?? "")) refuseRandomness();
    startScope.call(engine, name);
  };
  return () => {
    Math.random = random;
    engine.makeVariable = makeVariable;
    tf.Variable.prototype.assign = assign;
    engine.startScope = startScope;
  };
};

// src/engine/export.ts
var MOST_BYTES = 2 ** 31 - 1;
var saveOnnx = async (path, definition) => writeWhole(path, standardModel(definition));
var withState = (definition, values) => ({
  ...definition,
  state: Object.fromEntries(
    Object.entries(definition.state).map(([name, spec]) => [
      name,
      { ...spec, values: values[name] ?? spec.values }
    ])
  )
});
var standardModel = (definition) => {
  const traced = trace(definition);
  const graph = new Graph();
  const known = /* @__PURE__ */ new Map();
  for (const [name, { shape, dtype, values }] of Object.entries(definition.state)) {
    const value = traced.inputs.get(stateName(name));
    if (value === void 0 || traced.nextState.has(name)) continue;
    known.set(value, graph.constant(values, shape, dtype));
  }
  const wanted = [...traced.outputs.values(), ...traced.nextState.values()];
  for (const node of nodesFor(wanted)) {
    const inputs = node.inputs.map((value) => value && (known.get(value) ?? value));
    const made = standardNode(graph, node, inputs);
    for (const [i, value] of node.outputs.entries()) known.set(value, made[i]);
  }
  const standard = (value) => known.get(value) ?? value;
  const outputs = [
    ...[...traced.outputs].map(([name, value]) => ({
      name: traced.inputs.has(name) ? `output/${name}` : name,
      value: standard(value)
    })),
    ...[...traced.nextState].map(([name, value]) => ({
      name: `next/${name}`,
      value: standard(value)
    }))
  ];
  const { bytes } = encodeModel(outputs, traced.inputs);
  if (bytes.byteLength > MOST_BYTES) {
    throw new EngineError(
      `the model takes ${bytes.byteLength} bytes, more than the ${MOST_BYTES} that one ONNX file can hold`
    );
  }
  return bytes;
};
var standardNode = (graph, { op, domain, outputs, attributes }, inputs) => {
  if (domain !== MICROSOFT) return graph.ops(op, inputs, outputs, attributes, domain);
  const [a, b] = inputs;
  if (op !== "FusedMatMul" || a === void 0 || b === void 0) {
    throw new EngineError(`operation ${op} is ONNX Runtime's own and has no standard form`);
  }
  const [{ shape, type }] = outputs;
  const left = attributes.transA ? transposed(graph, a) : a;
  const right = attributes.transB ? transposed(graph, b) : b;
  return [graph.op("MatMul", [left, right], shape, type)];
};
var transposed = (graph, x) => {
  const axes = x.shape.map((_, axis) => axis);
  const perm = [...axes.slice(0, -2), ...axes.slice(-2).reverse()];
  return graph.op(
    "Transpose",
    [x],
    perm.map((axis) => x.shape[axis]),
    x.type,
    { perm }
  );
};
var writeWhole = async (path, bytes) => {
  const unfinished = `${path}.${randomUUID()}`;
  try {
    const file = await open(unfinished, "wx");
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
  } catch (cause) {
    await rm(unfinished, { force: true });
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new EngineError(`cannot save ${path}: ${why}`, { cause });
  }
};

// src/engine/passes/uses.ts
var usesOf = (outputs) => {
  const nodes = nodesFor(outputs);
  const readers = /* @__PURE__ */ new Map();
  for (const node of nodes) {
    for (const value of node.inputs) {
      if (value === void 0) continue;
      const list = readers.get(value);
      if (list === void 0) readers.set(value, [node]);
      else list.push(node);
    }
  }
  const kept = new Set(outputs);
  const readersOf = (value) => readers.get(value) ?? [];
  return {
    outputs: kept,
    nodes,
    readersOf,
    isReadOnce: (value) => !kept.has(value) && readersOf(value).length === 1
  };
};
var producer = (value, op) => value?.source.kind === "node" && value.source.node.op === op ? value.source.node : void 0;
var constantNumber = (value) => value?.source.kind === "constant" && value.type === "float32" && value.source.data.length === 1 ? Number(value.source.data[0]) : void 0;
var valueInPlaceOf = ({ id, origin }, like, node) => {
  const outputs = [];
  const source = { kind: "node", node: { ...node, id, outputs, origin } };
  const value = { id, shape: like.shape, type: like.type, source };
  outputs.push(value);
  return value;
};
var replaceNode = (value, node) => {
  if (value.source.kind !== "node")
    throw new Error(`${node.op} cannot replace a ${value.source.kind}`);
  const { id, origin } = value.source.node;
  value.source = { kind: "node", node: { ...node, id, outputs: [value], origin } };
};

// src/engine/passes/fold-axes.ts
var foldAxes = (uses) => {
  for (const node of uses.nodes) {
    const [reduced] = node.inputs;
    if (node.op !== "Reshape" || reduced?.source.kind !== "node") continue;
    const { op, inputs, attributes, domain } = reduced.source.node;
    const [x, axes] = inputs;
    if (!op.startsWith("Reduce") || attributes.keepdims !== 0 || !uses.isReadOnce(reduced))
      continue;
    if (x === void 0 || axes?.source.kind !== "constant") continue;
    const removed = Array.from(axes.source.data, Number);
    const kept = x.shape.map((size, axis) => removed.includes(axis) ? 1 : size);
    const [value] = node.outputs;
    if (!sameShape(kept, value.shape)) continue;
    replaceNode(value, { op, domain, inputs, attributes: { ...attributes, keepdims: 1 } });
  }
};

// src/engine/passes/fold-bias.ts
var foldBiases = (uses) => {
  for (const node of uses.nodes) if (node.op === "Add") foldBias(node, uses);
};
var foldBias = (node, uses) => {
  for (const [at, operand] of node.inputs.entries()) {
    const bias = node.inputs[1 - at];
    const product = producer(operand, "FusedMatMul");
    if (operand === void 0 || bias === void 0 || product === void 0) continue;
    const isRow = bias.shape.length === 1 && bias.shape[0] === operand.shape[1];
    const isMatrix = sameShape(bias.shape, operand.shape);
    const areMatrices = product.inputs.every((value) => value?.shape.length === 2);
    if (!(isRow || isMatrix) || !areMatrices || !uses.isReadOnce(operand)) continue;
    const { inputs, attributes } = product;
    replaceNode(node.outputs[0], { op: "Gemm", domain: "", inputs: [...inputs, bias], attributes });
    return;
  }
};

// src/engine/passes/fold-relu.ts
var foldSlopes = (uses) => {
  for (const slope of uses.nodes) {
    const [x] = slope.inputs;
    if (slope.op !== "HardSigmoid" || x === void 0) continue;
    const relu = uses.readersOf(x).find(({ op }) => op === "Relu");
    const [y] = relu?.outputs ?? [];
    if (y !== void 0 && producer(y, "Relu") === relu) {
      replaceNode(slope.outputs[0], { ...slope, inputs: [y] });
    }
  }
};
var foldRelus = (uses) => {
  for (const relu of uses.nodes) {
    const [x] = relu.inputs;
    const product = relu.op === "Relu" ? producer(x, "Gemm") : void 0;
    if (x === void 0 || product === void 0 || !uses.isReadOnce(x)) continue;
    const { inputs } = product;
    const attributes = { ...product.attributes, activation: "Relu" };
    replaceNode(relu.outputs[0], { op: "FusedGemm", domain: MICROSOFT, inputs, attributes });
  }
};

// src/engine/passes/fold-scale.ts
var foldScales = (uses) => {
  for (const node of uses.nodes) if (node.op === "FusedMatMul") foldOperands(node, uses);
  for (const node of uses.nodes) if (node.op === "Mul") foldIntoProduct(node, uses);
};
var foldIntoProduct = (node, uses) => {
  for (const [at, operand] of node.inputs.entries()) {
    const factor = constantNumber(node.inputs[1 - at]);
    const product = producer(operand, "FusedMatMul");
    if (factor === void 0 || product === void 0 || operand === void 0) continue;
    const [value] = node.outputs;
    if (!uses.isReadOnce(operand) || `${value.shape}` !== `${operand.shape}`) continue;
    replaceNode(value, { ...product, attributes: scaled(product.attributes, factor) });
    return;
  }
};
var foldOperands = (node, uses) => {
  const [value] = node.outputs;
  let alpha = 1;
  const inputs = node.inputs.map((operand) => {
    const scaling = producer(operand, "Mul");
    if (operand === void 0 || scaling === void 0 || uses.outputs.has(operand)) return operand;
    if (!uses.readersOf(operand).every(({ op }) => op === "FusedMatMul")) return operand;
    const at = scaling.inputs.findIndex((input) => constantNumber(input) !== void 0);
    const source = scaling.inputs[1 - at];
    if (at < 0 || source === void 0 || `${source.shape}` !== `${operand.shape}`) return operand;
    alpha *= constantNumber(scaling.inputs[at]) ?? 1;
    return source;
  });
  if (alpha === 1) return;
  const current = producer(value, "FusedMatMul") ?? node;
  replaceNode(value, { ...current, inputs, attributes: scaled(current.attributes, alpha) });
};
var scaled = (attributes, factor) => {
  const { alpha } = attributes;
  const before = typeof alpha === "object" && "float" in alpha ? alpha.float : 1;
  return { ...attributes, alpha: { float: before * factor } };
};

// src/engine/passes/fold-square.ts
var foldSquares = (uses) => {
  for (const sum of uses.nodes) {
    const [squares, ...axes] = sum.inputs;
    const product = sum.op === "ReduceSum" ? producer(squares, "Mul") : void 0;
    if (squares === void 0 || product === void 0 || !uses.isReadOnce(squares)) continue;
    const [x, same] = product.inputs;
    if (x !== same || squares.type !== "float32") continue;
    replaceNode(sum.outputs[0], { ...sum, op: "ReduceSumSquare", inputs: [x, ...axes] });
  }
};

// src/engine/passes/fold-sum.ts
var SHORT = 4096;
var LEAST_TERMS = 3;
var foldSums = (uses) => {
  const folded = /* @__PURE__ */ new Set();
  for (const node of uses.nodes.toReversed()) {
    if (folded.has(node) || !isVectorSum(node)) continue;
    const inner = [];
    const inputs = termsOf(node, uses, inner);
    if (inputs.length < LEAST_TERMS) continue;
    for (const one of inner) folded.add(one);
    replaceNode(node.outputs[0], { op: "Sum", domain: "", inputs, attributes: {} });
  }
};
var isVectorSum = ({ op, inputs, outputs: [sum] }) => op === "Add" && sum.type === "float32" && sum.shape.length === 1 && sum.shape[0] <= SHORT && inputs.every((value) => value !== void 0 && sameShape(value.shape, sum.shape));
var termsOf = (sum, uses, inner) => {
  const terms = [];
  const pending = sum.inputs.toReversed();
  for (let value = pending.pop(); value !== void 0; value = pending.pop()) {
    const node = value.source.kind === "node" ? value.source.node : void 0;
    if (node !== void 0 && isVectorSum(node) && uses.isReadOnce(value)) {
      inner.push(node);
      pending.push(...node.inputs.toReversed());
    } else terms.push(value);
  }
  return terms;
};

// src/engine/passes/fold-transpose.ts
var foldTransposes = (uses) => {
  for (const node of uses.nodes) if (node.op === "Add") foldSum(node, uses);
};
var foldSum = (node, uses) => {
  const [a, b] = node.inputs.map(
    (value) => value !== void 0 && uses.isReadOnce(value) ? producer(value, "Transpose") : void 0
  );
  if (a === void 0 || b === void 0) return;
  if (`${a.attributes.perm}` !== `${b.attributes.perm}`) return;
  const [[x], [y]] = [a.inputs, b.inputs];
  if (x === void 0 || y === void 0 || `${x.shape}` !== `${y.shape}`) return;
  const later = a.id > b.id ? a : b;
  const sum = valueInPlaceOf(later, x, { op: "Add", domain: "", inputs: [x, y], attributes: {} });
  replaceNode(node.outputs[0], { ...a, inputs: [sum] });
};

// src/engine/passes/optimise.ts
var optimise = (outputs) => {
  const before = usesOf(outputs);
  foldScales(before);
  foldSlopes(before);
  foldTransposes(before);
  const after = usesOf(outputs);
  foldBiases(after);
  foldSquares(after);
  foldRelus(after);
  foldAxes(after);
  foldSums(after);
};

// src/engine/compiled.ts
var nextName = (name) => `next/${name}`;
var compileGraph = async (definition, options = {}) => {
  const outputName = (name) => name in definition.inputs ? `output/${name}` : name;
  const encode = (traced2) => {
    const outputs = [
      ...[...traced2.outputs].map(([name, value]) => ({ name: outputName(name), value })),
      ...[...traced2.nextState].map(([name, value]) => ({ name: nextName(name), value }))
    ];
    optimise(outputs.map(({ value }) => value));
    return encodeModel(outputs, traced2.inputs, { nothingFirst: true });
  };
  const traced = trace(definition);
  const model = encode(traced);
  const placed = () => {
    try {
      return encode(traceWithPlaces(definition)).nodes;
    } catch {
      return model.nodes;
    }
  };
  const session = await createSession(model, options, placed);
  const runtime2 = await loadRuntime();
  const make = (specs) => Object.fromEntries(
    Object.entries(specs).map(([name, { shape, dtype }]) => {
      const data = dataOf(new Uint8Array(sizeOf(shape)), dtype);
      return [name, runtimeTensor(runtime2, dtype, data, shape)];
    })
  );
  const outputSpecs = Object.fromEntries(
    [...traced.outputs].map(([name, { shape, type }]) => [
      name,
      { shape, dtype: type === "int64" ? "int32" : type }
    ])
  );
  const changed = Object.keys(definition.state).filter((name) => traced.nextState.has(name));
  const inputTensors = make(definition.inputs);
  const outputTensors = make(outputSpecs);
  const current = make(definition.state);
  const changedSpecs = Object.fromEntries(changed.map((name) => [name, definition.state[name]]));
  const other = { ...current, ...make(changedSpecs) };
  const bind = (from, to) => {
    const available = { ...inputTensors };
    for (const [name, tensor] of Object.entries(from)) available[stateName(name)] = tensor;
    const feeds = Object.fromEntries(model.inputs.map((name) => [name, available[name]]));
    const fetches = { [NOTHING]: null };
    for (const [name, tensor] of Object.entries(outputTensors)) fetches[outputName(name)] = tensor;
    for (const name of changed) fetches[nextName(name)] = to[name];
    return { feeds, fetches, state: from };
  };
  const bindings = [bind(current, other), bind(other, current)];
  const program = compiledProgram(
    definition.inputs,
    outputSpecs,
    definition.state,
    placed,
    (path, state) => saveOnnx(path, withState(definition, state)),
    session,
    inputTensors,
    outputTensors,
    bindings
  );
  await program.writeState(
    Object.fromEntries(
      Object.entries(definition.state).map(([name, { values }]) => [name, values])
    )
  );
  return program;
};
var runInPlace = async (session, { feeds, fetches }) => {
  try {
    await session.run(feeds, fetches);
  } catch (cause) {
    if (!reason(cause).includes("Non tensor type")) throw cause;
  }
};
var compiledProgram = (inputs, outputs, stateSpecs, placed, save, session, inputTensors, outputTensors, bindings) => {
  const results = Object.fromEntries(
    Object.entries(outputTensors).map(([name, { data }]) => [name, data])
  );
  let [now, next] = bindings;
  let status = "idle";
  const mustBeIdle = (what) => {
    if (status === "disposed") throw new EngineError(`cannot ${what} a disposed program`);
    if (status === "running") {
      throw new EngineError(`cannot ${what} a program during a run: await the run before`);
    }
  };
  const stateNow = () => Object.fromEntries(
    Object.entries(now.state).map(([name, { data }]) => [name, data.slice()])
  );
  return {
    backend: "onnxruntime",
    outputs,
    async run(given) {
      mustBeIdle("run");
      checkValues("input", given, inputs);
      for (const [name, tensor] of Object.entries(inputTensors)) {
        tensor.data.set(given[name]);
      }
      status = "running";
      try {
        await runInPlace(session, now);
      } catch (cause) {
        throw new EngineError(
          `the step failed in onnxruntime: ${reason(cause)}${accusedNode(placed(), cause)}`,
          { cause }
        );
      } finally {
        status = "idle";
      }
      [now, next] = [next, now];
      return results;
    },
    async readState() {
      if (status === "disposed")
        throw new EngineError("cannot read the state of a disposed program");
      return stateNow();
    },
    async writeState(values) {
      mustBeIdle("write the state of");
      checkValues("state", values, stateSpecs);
      for (const [name, data] of Object.entries(values)) {
        now.state[name].data.set(data);
      }
    },
    async save(path) {
      mustBeIdle("save");
      await save(path, stateNow());
    },
    async dispose() {
      if (status === "disposed") return;
      mustBeIdle("dispose of");
      status = "disposed";
      await session.release();
    }
  };
};

// src/engine/eager.ts
var EagerProgram = class {
  backend;
  #definition;
  #state;
  #outputs;
  constructor(backend, definition) {
    checkDefinition(definition);
    this.backend = backend;
    this.#definition = definition;
    this.#state = Object.fromEntries(
      Object.entries(definition.state).map(([name, spec]) => [name, tensorOf(spec, spec.values)])
    );
  }
  /** Known after the first run: an eager step has no shapes before it has run. */
  get outputs() {
    return this.#outputs ?? {};
  }
  async run(inputs) {
    const state = this.#usable("run");
    checkValues("input", inputs, this.#definition.inputs);
    await tf.setBackend(this.backend);
    const { outputs, next } = tf.tidy(() => {
      const given = Object.fromEntries(
        Object.entries(this.#definition.inputs).map(([name, spec]) => [
          name,
          tensorOf(spec, inputs[name])
        ])
      );
      const result = this.#definition.step(given, state);
      const kept = {};
      for (const [name, tensor] of Object.entries(result.state ?? {})) {
        kept[name] = tf.keep(tf.cast(tensor, this.#definition.state[name].dtype).clone());
      }
      const made = {};
      for (const [name, tensor] of Object.entries(result.outputs)) {
        made[name] = tf.keep(tensor.clone());
      }
      return { outputs: made, next: kept };
    });
    for (const name of Object.keys(next)) state[name].dispose();
    this.#state = { ...state, ...next };
    this.#outputs = Object.fromEntries(
      Object.entries(outputs).map(([name, { shape, dtype }]) => [
        name,
        { shape, dtype }
      ])
    );
    const results = await valuesOf(outputs);
    for (const tensor of Object.values(outputs)) tensor.dispose();
    return results;
  }
  async readState() {
    return valuesOf(this.#usable("read the state of"));
  }
  async writeState(values) {
    const state = this.#usable("write the state of");
    checkValues("state", values, this.#definition.state);
    await tf.setBackend(this.backend);
    const next = {};
    for (const [name, spec] of Object.entries(this.#definition.state)) {
      state[name].dispose();
      next[name] = tensorOf(spec, values[name]);
    }
    this.#state = next;
  }
  async save(path) {
    await saveOnnx(path, withState(this.#definition, await this.readState()));
  }
  async dispose() {
    for (const tensor of Object.values(this.#state ?? {})) tensor.dispose();
    this.#state = void 0;
  }
  #usable(what) {
    if (this.#state === void 0) throw new EngineError(`cannot ${what} a disposed program`);
    return this.#state;
  }
};
var tensorOf = ({ shape, dtype }, values) => tf.tensor(values.slice(), [...shape], dtype);
var valuesOf = async (tensors) => {
  const entries = Object.entries(tensors).map(
    async ([name, tensor]) => [name, (await tensor.data()).slice()]
  );
  return Object.fromEntries(await Promise.all(entries));
};

// src/engine/compile.ts
var compile = async (definition, { backend = "auto" } = {}) => {
  const chosen = backend === "auto" ? (await describeBackends()).chosen : backend;
  if (chosen === "onnxruntime") return compileGraph(definition);
  await prepareBackend(chosen);
  await tf.setBackend(chosen);
  return new EagerProgram(chosen, definition);
};

// src/engine/muon.ts
var ITERATIONS = 5;
var [A, B, C] = [3.4445, -4.775, 2.0315];
var UPDATE_RMS = 0.2;
var EPSILON = 1e-7;
var muon = ({ beta = 0.95 } = {}) => ({
  initialState: (parameters) => zerosFor(parameters, ["muon"]),
  update: (input) => {
    checkRate(input);
    const momentum2 = mapNamed(
      input.gradients,
      (g, name) => tf.add(tf.mul(input.state[`muon/${name}`], beta), g)
    );
    const parameters = mapNamed(momentum2, (m, name) => {
      const ahead = tf.add(input.gradients[name], tf.mul(m, beta));
      const scale = UPDATE_RMS * Math.sqrt(Math.max(...ahead.shape));
      const rate = tf.mul(rateOf(input, name), scale);
      return tf.sub(input.parameters[name], tf.mul(orthogonalise(ahead), rate));
    });
    return { parameters, state: prefixed("muon", momentum2) };
  }
});
function orthogonalise(matrix) {
  const [from, to] = matrix.shape;
  const tall = from > to;
  const norm = tf.sqrt(tf.sum(tf.square(matrix)));
  let x = tf.div(matrix, tf.add(norm, EPSILON));
  for (let i = 0; i < ITERATIONS; i++) {
    const square = tf.matMul(x, x, tall, !tall);
    const factor = tf.add(tf.mul(square, B), tf.mul(tf.matMul(square, square), C));
    const product = tall ? tf.matMul(x, factor) : tf.matMul(factor, x);
    x = tf.add(tf.mul(x, A), product);
  }
  return x;
}
var either = (isFirst, first, second) => {
  const halves = [
    { optimizer: first, takes: isFirst },
    { optimizer: second, takes: (name) => !isFirst(name) }
  ];
  const some = (all, takes) => Object.fromEntries(Object.entries(all).filter(([name]) => takes(name)));
  return {
    initialState: (parameters) => Object.assign(
      {},
      ...halves.map(({ optimizer, takes }) => optimizer.initialState(some(parameters, takes)))
    ),
    update: (input) => {
      const updates = halves.map(
        ({ optimizer, takes }) => optimizer.update({ ...input, gradients: some(input.gradients, takes) })
      );
      return {
        parameters: Object.assign({}, ...updates.map(({ parameters }) => parameters)),
        state: Object.assign({}, ...updates.map(({ state }) => state))
      };
    }
  };
};

// src/engine/ops/layer-norm.ts
var layerNorm2 = (x, epsilon = 1e-5, { gradientIsCentred = false } = {}) => {
  const op = tf.customGrad((given, save) => {
    const [y, scale] = forward(given, epsilon);
    save([y, scale]);
    const gradFunc = (dy, [normal, inverse]) => {
      const along = tf.mean(tf.mul(dy, normal), -1, true);
      const centred = gradientIsCentred ? dy : tf.sub(dy, tf.mean(dy, -1, true));
      return tf.mul(tf.sub(centred, tf.mul(normal, along)), inverse);
    };
    return { value: y, gradFunc };
  });
  return op(x);
};
var inverseDeviation = (x, epsilon = 1e-5) => {
  const op = tf.customGrad((given, save) => {
    const [y, scale] = forward(given, epsilon);
    save([y, scale]);
    const gradFunc = (dr, [normal, r]) => tf.mul(normal, tf.mul(dr, tf.mul(tf.square(r), -1 / (y.shape[y.rank - 1] ?? 1))));
    return { value: scale, gradFunc };
  });
  return op(x);
};
var forward = (x, epsilon) => {
  if (tf.getBackend() === BACKEND_NAME) {
    const made = tf.engine().runKernel("LayerNorm", { x }, { epsilon });
    return [made[0], made[1]];
  }
  const centred = tf.sub(x, tf.mean(x, -1, true));
  const scale = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon));
  return [tf.mul(centred, scale), scale];
};

// src/engine/ops/slices.ts
var inSlices = (inputs, count, f) => {
  if (count <= 1) return f(inputs);
  const tensors = Object.entries(inputs);
  const rows = tensors[0][1].shape[0];
  const bounds = Array.from({ length: count + 1 }, (_, i) => Math.round(i * rows / count));
  const sizes = bounds.slice(1).map((end, i) => end - bounds[i]);
  const parts = tensors.map(([name, tensor]) => [name, tf.split(tensor, sizes, 0)]);
  const results = sizes.map(
    (_, i) => f(Object.fromEntries(parts.map(([name, list]) => [name, list[i]])))
  );
  return tf.concat(results, 0);
};

// src/engine/ops/softmax.ts
var SHORT2 = 32;
var softmax2 = (x) => {
  const n = x.shape[x.rank - 1] ?? 1;
  if (n > SHORT2) return tf.softmax(x);
  const op = tf.customGrad((given, save) => {
    const y = tf.softmax(given);
    save([y]);
    const gradFunc = (dy, [p]) => {
      const e = tf.mul(dy, p);
      const sums = tf.matMul(e, tf.ones([n, n]));
      return tf.sub(e, tf.mul(p, sums));
    };
    return { value: y, gradFunc };
  });
  return op(x);
};

// src/engine/index.ts
recordingBackend();
export {
  EngineError,
  adam,
  clipByGlobalNorm,
  compile,
  describeBackends,
  either,
  globalNorm,
  inSlices,
  inverseDeviation,
  layerNorm2 as layerNorm,
  momentum,
  muon,
  orthogonalise,
  saveOnnx,
  sgd,
  softmax2 as softmax,
  tf,
  valueAndGradients
};
//# sourceMappingURL=index.js.map
