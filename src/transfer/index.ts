export { freeze, unfreeze } from "./freeze.ts";
export { type LoadOptions, type LoadReport, loadPretrained } from "./load_pretrained.ts";
export { type ReplaceHeadOptions, replaceHead } from "./replace_head.ts";
export { selectModules } from "./select.ts";
