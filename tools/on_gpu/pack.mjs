// Makes a folder that runs the suite without a network: the repository's files, and the packages that the suite needs as one archive.
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const repository = fileURLToPath(new URL("../..", import.meta.url));

const MOST_BYTES = 64 * 2 ** 20;
/** Dawn's builds for the other systems. */
const OTHER_BUILDS = /^node_modules\/webgpu\/dist\/(?!linux-x64\/)[^/]+\//;
/** What the suite runs, besides the package's own dependencies. */
const TOOLS = ["vitest", "esbuild", "webgpu", "wgsl_reflect"];

/** @throws Error where the folder isn't empty, peers aren't installed, or it comes out too large. */
export async function pack(folder) {
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new Error(`${folder} is not empty: give a folder that is, or a new one`);
  mkdirSync(folder, { recursive: true });
  for (const path of git("ls-files", "-z", "--cached", "--others", "--exclude-standard")
    .split("\0")
    .filter(Boolean))
    cpSync(join(repository, path), join(folder, path));
  const files = [...neededPackages().flatMap(filesOf), ...(await peerFiles())];
  const archive = join(folder, "packages.tgz");
  run("tar", ["-czf", archive, "-C", repository, "-T", "-"], files.join("\n"));
  const bytes = sizeOf(folder);
  if (bytes > MOST_BYTES) throw new Error(`${folder} has ${megabytes(bytes)}, more than 64 MiB`);
  console.log(
    `${folder}: ${megabytes(bytes)}. On the machine with the GPU (64-bit Linux, Node 20 or later):`,
  );
  console.log(`  cd ${folder} && npm run gpu`);
}

const megabytes = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

function run(command, args, input = "") {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: repository,
    input,
    encoding: "utf8",
    maxBuffer: 64e6,
  });
  if (status !== 0) throw new Error(`${command} ${args[0]}: ${stderr}`);
  return stdout;
}

const git = (...args) => run("git", args);

/** Folders of the packages, and of what they depend on, by the lock file; those for other systems aren't installed. */
function neededPackages() {
  const { packages } = JSON.parse(readFileSync(join(repository, "package-lock.json"), "utf8"));
  const { dependencies } = packages[""];
  const found = new Set();
  const visit = (from, name) => {
    const path = resolvePackage(packages, from, name);
    if (!path || found.has(path) || !existsSync(join(repository, path))) return;
    found.add(path);
    const { dependencies: needed = {}, optionalDependencies: optional = {} } = packages[path];
    for (const other of Object.keys({ ...needed, ...optional })) visit(path, other);
  };
  for (const name of [...TOOLS, ...Object.keys(dependencies)]) visit("", name);
  return [...found];
}

/** As Node looks for packages: in the folder's own node_modules, then further out. */
function resolvePackage(packages, from, name) {
  for (let folder = from; ; folder = dirname(dirname(folder))) {
    const path = join(folder, "node_modules", name);
    if (packages[path]) return path;
    if (folder === "" || folder === ".") return null;
  }
}

/** All files of a package but those of packages within it. */
function filesOf(folder) {
  const inside = readdirSync(join(repository, folder), { withFileTypes: true, recursive: true });
  return inside
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(repository, join(entry.parentPath ?? entry.path, entry.name)))
    .filter((path) => !path.slice(folder.length).includes("/node_modules/"))
    .filter((path) => !OTHER_BUILDS.test(path));
}

/** The files that Node loads of the other libraries: a hundredth of what their packages hold. */
async function peerFiles() {
  const peers = "bench/peers";
  if (!existsSync(join(repository, peers, "node_modules")))
    throw new Error(
      "the other libraries aren't installed: npm ci --prefix bench/peers --ignore-scripts",
    );
  const { metafile } = await build({
    absWorkingDir: repository,
    entryPoints: ["jax.ts", "tfjs.ts"].map((name) => join(peers, name)),
    bundle: true,
    write: false,
    outdir: "out",
    format: "esm",
    platform: "node",
    metafile: true,
    loader: { ".wgsl": "text" },
    logLevel: "silent",
  });
  const modules = Object.keys(metafile.inputs).filter((path) => path.includes("/node_modules/"));
  const manifests = new Set(modules.map(manifestOf));
  return [...modules, ...manifests];
}

function manifestOf(path) {
  const [, folder] = path.match(/^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//);
  return join(folder, "package.json");
}

function sizeOf(path) {
  if (!lstatSync(path).isDirectory()) return statSync(path).size;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}
