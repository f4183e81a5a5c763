/**
 * The networks that go by a name: a line for each file of them. What it exports is all that lookups by name, the
 * recognition of files, the lists of published weights and the command need.
 */
export { alexnetSpecs } from "./alexnet.ts";
export { convnextSpecs } from "./convnext.ts";
export { densenetSpecs } from "./densenet.ts";
export { efficientnetSpecs } from "./efficientnet.ts";
export { lenetSpecs } from "./lenet.ts";
export { mobilenetV1Specs } from "./mobilenet_v1.ts";
export { mobilenetV2Specs } from "./mobilenet_v2.ts";
export { mobilenetV3Specs } from "./mobilenet_v3.ts";
export { resnetSpecs } from "./resnet.ts";
export { shufflenetV2Specs } from "./shufflenet_v2.ts";
export { smallVggSpecs } from "./small_vgg.ts";
export { squeezenetSpecs } from "./squeezenet.ts";
export { vggSpecs } from "./vgg.ts";
export { vitSpecs } from "./vit.ts";
