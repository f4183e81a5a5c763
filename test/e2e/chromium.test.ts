import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "puppeteer";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { browserPaths, candidate } from "../../tools/browsers.ts";
import { launchChromium, launchFirst, skippedLine } from "../../tools/chromium.ts";
import { type StaticServer, serveFolders } from "../../tools/static_server.ts";
import { adapterChoice } from "../gpu_adapter.ts";
import { commandLine, gpuProcesses, tellsProcesses } from "./gpu_processes.ts";

interface Probe {
  architecture: string;
  last: number;
}

let folder: string;
let server: StaticServer;
let browser: Browser;
let page: Page;
let programs = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "graft-chromium-"));
  server = await serveFolders({ "/": fileURLToPath(new URL(".", import.meta.url)) });
  browser = await launchChromium({ adapter: adapterChoice() });
  page = await browser.newPage();
  await page.goto(new URL("missing.html", server.url).href);
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

/** As text, because Vitest would rewrite a dynamic import in a function. */
async function run(name: "probe" | "probeInWorker"): Promise<Probe> {
  const url = new URL("probe.js", server.url).href;
  return (await page.evaluate(`import("${url}").then((module) => module.${name}())`)) as Probe;
}

/** Something that can be started, of which a shell knows what it does. */
async function program(script: string): Promise<string> {
  const path = join(folder, `chrome-${programs++}`);
  await writeFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}

describe("launchChromium", () => {
  it("gives pages that compute on WebGPU", async () => {
    const { architecture, last } = await run("probe");
    expect(last).toBe(127);
    if (adapterChoice() === "swiftshader") expect(architecture).toBe("swiftshader");
  });

  it("gives workers that compute on WebGPU", async () => {
    expect((await run("probeInWorker")).last).toBe(127);
  });

  it("ends its processes when closed", async () => {
    const second = await launchChromium({ adapter: adapterChoice() });
    const process = second.process();
    await second.close();
    expect(process?.exitCode ?? process?.signalCode).not.toBeNull();
  });

  it("passes over a program that doesn't answer in time", async () => {
    const silent = await program("exec sleep 60");
    const options = { adapter: adapterChoice(), timeout: 10_000 };
    const { browser: second, skipped } = await launchFirst([silent, ...browserPaths()], options);
    await second.close();
    expect(skipped[0]).toMatchObject({ path: silent });
    expect(skipped[0]!.why).toMatch(/10000 ms|10 s/);
  });

  it.skipIf(!tellsProcesses)("passes over a browser whose adapter never answers", async () => {
    const { executable, env } = await candidate(browserPaths()[0]!);
    const exports = Object.entries(env).map(([name, value]) => `export ${name}='${value}'`);
    const mute = await program(`${exports.join("\n")}
      exec '${executable}' --no-sandbox --never-answers "$@"`);
    // As Chromium 156 with Mesa 22: it starts, and its GPU process gets nowhere.
    const stopped = new Set<number>();
    const stopping = setInterval(() => {
      for (const pid of gpuProcesses((main) => commandLine(main).includes("--never-answers"))) {
        if (!stopped.has(pid)) process.kill(pid, "SIGSTOP");
        stopped.add(pid);
      }
    }, 20);
    const options = { adapter: "swiftshader", timeout: 20_000 } as const;
    const {
      browser: second,
      skipped,
      path,
    } = await launchFirst([mute, ...browserPaths()], options);
    await second.close();
    clearInterval(stopping);
    // Left behind, it would hold the output that it inherited, and so keep the program that looks for browsers from ending.
    expect(stopped.size).toBeGreaterThan(0);
    for (const pid of stopped) await vi.waitFor(() => expect(commandLine(pid)).toBe(""), 10_000);
    expect(path).not.toBe(mute);
    expect(skipped).toEqual([{ path: mute, adapter: "swiftshader", why: "no answer within 20 s" }]);
  });

  it("says once what it passed over", async () => {
    const [silent, said] = [await mkdtemp(join(folder, "path-")), vi.spyOn(console, "error")];
    said.mockImplementation(() => {});
    const broken = join(silent, "google-chrome");
    await writeFile(broken, "#!/bin/sh\nexit 1\n", { mode: 0o755 });
    vi.stubEnv("PATH", `${silent}${delimiter}${process.env.PATH}`);
    for (const name of ["CHROME_PATH", "PUPPETEER_EXECUTABLE_PATH", "GRAFT_CHROME_ADAPTER"])
      vi.stubEnv(name, undefined);
    try {
      await (await launchChromium({ adapter: adapterChoice() })).close();
      const lines = said.mock.calls.map(([line]) => String(line));
      expect(lines.filter((line) => line.startsWith(`passed over: ${broken}: `))).toHaveLength(1);
      await (await launchChromium({ adapter: adapterChoice() })).close();
      expect(said).toHaveBeenCalledTimes(lines.length);
    } finally {
      said.mockRestore();
      vi.unstubAllEnvs();
    }
  });

  it("takes the browser's own adapter where the machine's driver gives none", async () => {
    const { executable, env, bundled } = await candidate(browserPaths()[0]!);
    const exports = Object.entries(env).map(([name, value]) => `export ${name}='${value}'`);
    // As with Mesa 22: without the choice of SwiftShader, pages get no adapter.
    const path = await program(`${exports.join("\n")}
      case "$*" in
        *--use-webgpu-adapter=swiftshader*) set -- "$@" ;;
        *) set -- "$@" --disable-gpu --disable-software-rasterizer ;;
      esac
      exec '${executable}' ${bundled ? "--no-sandbox" : ""} "$@"`);
    const found = await launchFirst([path], { adapter: "system" });
    await found.browser.close();
    expect(found).toMatchObject({ path, adapter: "swiftshader" });
    expect(found.gpu).toMatch(/swiftshader/i);
    expect(found.skipped.map(skippedLine)).toEqual([
      `${path} on the machine's graphics driver: it has no WebGPU adapter`,
    ]);
  });

  it("says in one line why a program ended at once", async () => {
    const path = await program(`echo "Fontconfig warning: no fonts" >&2
      echo "[1:1:0101/000000.000000:ERROR:dbus/bus.cc:405] Failed to connect to the bus: none" >&2
      echo "[1:1:0101/000000.000000:FATAL:zygote_host_impl_linux.cc:132] No usable sandbox! Read the manual." >&2
      exit 1`);
    await expect(launchFirst([path])).rejects.toThrow(`Tried:\n${path}: No usable sandbox!`);
  });

  it("names a program that can't be started", async () => {
    const failing = launchChromium({ executable: "/no/such/chrome" });
    await expect(failing).rejects.toThrow(
      /no Chromium with WebGPU could be started.*CHROME_PATH.*\n\/no\/such\/chrome: /s,
    );
  });
});
