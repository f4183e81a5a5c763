/**
 * A tensor's name as torchvision has it now: its own files of DenseNets, and older ones of others, say
 * "denselayer1.norm.1.weight" for what has been "denselayer1.norm1.weight" since names can't have dots.
 */
export function currentName(name: string): string {
  return name.replace(/(denselayer\d+\.(?:norm|conv))\.(?=[12]\.)/, "$1");
}
