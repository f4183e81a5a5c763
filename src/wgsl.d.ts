declare module "*.wgsl" {
  const kernel: import("./gpu/kernel.ts").KernelSource;
  export default kernel;
}
