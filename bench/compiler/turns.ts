/** How often another library's products go round their loop along K, where their uniforms tell. */
import { WgslReflect } from "wgsl_reflect/wgsl_reflect.module.js";

/** As TensorFlow.js' tiled products have it: the steps of a tile are written in, the length of K is a uniform. */
const TILES = /\(uniforms\.(\w+) - 1\) \/ (\d+) \+ 1/;

/** Reads a launch's turns from its uniforms. */
export type TurnsReader = (uniforms: DataView) => number;

/** @returns null where the shader has no such loop. */
export function turnsReader(source: string): TurnsReader | null {
  const [, name, tile] = source.match(TILES) ?? [];
  if (!name) return null;
  const uniforms = new WgslReflect(source).structs.find((struct) => struct.name === "Uniforms");
  const length = uniforms?.members.find((member) => member.name === name);
  if (!length) throw new Error(`the shader has no uniform ${name}`);
  return (bytes) => Math.ceil(bytes.getInt32(length.offset, true) / Number(tile));
}

/** What was last written to each small buffer, from here on. */
export function watchUniforms(): WeakMap<GPUBuffer, DataView> {
  const written = new WeakMap<GPUBuffer, DataView>();
  const { writeBuffer } = GPUQueue.prototype;
  GPUQueue.prototype.writeBuffer = function (this: GPUQueue, buffer, offset, data, ...part) {
    // Uniforms are written whole, from an ArrayBuffer, whose parts are counted in bytes.
    if (data instanceof ArrayBuffer && data.byteLength <= 1024)
      written.set(buffer, new DataView(data.slice(part[0] ?? 0)));
    return Reflect.apply(writeBuffer, this, [buffer, offset, data, ...part]);
  };
  return written;
}
