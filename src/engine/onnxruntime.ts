// The one place that loads ONNX Runtime. The order matters: its settings come first.
import './no-telemetry.ts';

export { InferenceSession, Tensor } from 'onnxruntime-node';
