/** Prints what WebGPU runs on here, as JSON. */
import { adapterName } from "../../src/gpu/index.ts";
import { init } from "../../src/index.ts";
import "../../src/node.ts";

const device = await init();
const { info, profile, features, limits } = device;
const { vendor, architecture, description } = info;
const found = {
  name: adapterName(info),
  kind: profile.kind,
  vendor,
  architecture,
  description,
  features: [...features].sort(),
  limits,
  subgroup: profile.subgroup,
};
console.log(JSON.stringify(found));
process.exit(0);
