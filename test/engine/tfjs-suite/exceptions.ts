/** Tests of tfjs-core that fail on the engine's backend, and why. */
export const EXCEPTIONS: Readonly<Record<string, string>> = {
  'einsum nonexistent dimension throws error':
    "it wants tfjs's message alone; the engine's error adds the op, the shapes and the line",
  'gather throws when index is out of bound':
    "it wants the kernel's name right before the message; the engine's error has the shapes in between",
  'tan numbers exceed float32 precision':
    'it wants the tangent of a double, near a pole; ONNX Runtime computes that of a float32',
};
