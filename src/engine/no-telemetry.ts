// ONNX Runtime reports usage over the network unless this is set when it is loaded. Ours never does.
process.env.ORT_DISABLE_TELEMETRY = '1';

export {};
