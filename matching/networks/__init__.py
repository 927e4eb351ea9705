"""Networks as ONNX files: what is in a file, what an operator's manifest says, and asking one."""
