// WebGPU's flags by their names. The globals that hold them in browsers (GPUBufferUsage, GPUMapMode, GPUShaderStage) are
// missing in Node for a device that came from elsewhere.

export const MAP_READ = 0x1;
export const COPY_SRC = 0x4;
export const COPY_DST = 0x8;
export const UNIFORM = 0x40;
export const STORAGE = 0x80;
export const QUERY_RESOLVE = 0x200;

/** When a buffer is mapped. */
export const FOR_READING = 0x1;

/** Which stage of a pipeline sees a binding. */
export const COMPUTE = 0x4;
