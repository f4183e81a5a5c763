export * from "./core.ts";
export * as data from "./data/index.ts";
export * as formats from "./formats/index.ts";
export * as models from "./models/index.ts";
export * as nn from "./nn/index.ts";
export * as optim from "./optim/index.ts";
export * as transfer from "./transfer/index.ts";
