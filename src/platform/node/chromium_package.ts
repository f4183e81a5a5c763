/**
 * What the npm package `@sparticuz/chromium` carries, unpacked into the cache: the SwiftShader Vulkan driver that
 * serves as a GPU of last resort in Node, and the headless Chromium that the browser tests and benches drive.
 *
 * The package can unpack itself, but into fixed names below the temporary folder, which neither survives two
 * processes starting together nor a machine with two users.
 */
import { createReadStream, createWriteStream, existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";
import { messageOf } from "../../base/index.ts";
import { cacheFolder, fillOnce } from "./cache.ts";
import { hasSoftwareBuild, installCommand } from "./install.ts";

const NAME = "@sparticuz/chromium";

interface TarFs {
  extract(folder: string, options: { chown: boolean }): Writable;
}

interface ChromiumPackage {
  /** Folder of the brotli archives. */
  readonly bin: string;
  readonly version: string;
  /** The tar reader that the package itself depends on, so it is there whenever the package is. */
  readonly tar: TarFs;
}

function isModuleNotFound(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "MODULE_NOT_FOUND";
}

function findPackage(): ChromiumPackage {
  if (!hasSoftwareBuild) {
    throw new Error(
      `${NAME} holds programs for Linux on x64 only, and this is ${process.platform} on ${process.arch}: ` +
        "install Chrome, and a Vulkan driver (Debian: mesa-vulkan-drivers)",
    );
  }
  let main: string;
  try {
    main = createRequire(import.meta.url).resolve(NAME);
  } catch (error) {
    if (!isModuleNotFound(error)) throw error;
    throw new Error(`the package that carries it is not installed: run ${installCommand([NAME])}`);
  }
  let root = dirname(main);
  while (!existsSync(join(root, "package.json")) || !existsSync(join(root, "bin"))) {
    if (root === dirname(root))
      throw new Error(`${NAME} at ${main} has no folder "bin": reinstall it`);
    root = dirname(root);
  }
  const { version }: { version: string } = JSON.parse(
    readFileSync(join(root, "package.json"), "utf8"),
  );
  return { bin: join(root, "bin"), version, tar: createRequire(main)("tar-fs") };
}

async function unpack(archive: string, target: Writable): Promise<void> {
  try {
    await pipeline(createReadStream(archive), createBrotliDecompress(), target);
  } catch (error) {
    throw new Error(`could not unpack ${archive}: ${messageOf(error)}`);
  }
}

/** Files go to whoever unpacks them: by default, root would hand them to the archive's user ids. */
function tarInto(tar: TarFs, folder: string): Writable {
  return tar.extract(folder, { chown: false });
}

/**
 * The folder of SwiftShader's Vulkan driver and loader (`vk_swiftshader_icd.json`, `libvulkan.so.1`).
 *
 * @throws when the package is missing, holds nothing for this platform, or the cache can't be written.
 */
export async function swiftshaderFolder(): Promise<string> {
  const { bin, version, tar } = findPackage();
  const target = join(await cacheFolder(), `swiftshader-${version}`);
  return fillOnce(target, (folder) =>
    unpack(join(bin, "swiftshader.tar.br"), tarInto(tar, folder)),
  );
}

/** The package's own file names folders of AWS Lambda. */
const fontsConf = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;

/** An unpacked headless Chromium and what its process must find in the environment. */
export interface BundledChromium {
  executable: string;
  env: Record<string, string>;
}

/**
 * The headless Chromium of the package. It needs nothing from the system: the libraries it links to (NSS and
 * others) and fonts come along.
 *
 * @throws when the package is missing, holds nothing for this platform, or the cache can't be written.
 */
export async function bundledChromium(): Promise<BundledChromium> {
  const { bin, version, tar } = findPackage();
  const target = join(await cacheFolder(), `chromium-${version}`);
  const folder = await fillOnce(target, async (fresh) => {
    const program = createWriteStream(join(fresh, "chromium"), { mode: 0o755 });
    await unpack(join(bin, "chromium.br"), program);
    await unpack(join(bin, "swiftshader.tar.br"), tarInto(tar, fresh));
    await unpack(join(bin, "al2023.tar.br"), tarInto(tar, fresh));
    await unpack(join(bin, "fonts.tar.br"), tarInto(tar, fresh));
    await writeFile(join(fresh, "fonts.conf"), fontsConf);
  });
  const libraries = [join(folder, "lib"), process.env.LD_LIBRARY_PATH ?? ""]
    .filter(Boolean)
    .join(":");
  return {
    executable: join(folder, "chromium"),
    env: { LD_LIBRARY_PATH: libraries, FONTCONFIG_FILE: join(folder, "fonts.conf") },
  };
}
