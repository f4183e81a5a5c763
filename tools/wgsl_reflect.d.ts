// The module build, by its path: the package's own Node entry can't be imported (see wgsl_plugin.mjs).
declare module "wgsl_reflect/wgsl_reflect.module.js" {
  export * from "wgsl_reflect";
}
