import { defineTexts } from "./language.ts";

/** What every page says. */
export const common = defineTexts({
  en: {
    skip: "Skip to the content",
    pages: "Pages",
    start: "Start",
    studio: "Studio",
    examples: "Examples",
    benchmark: "Benchmark",
    docs: "Docs",
    language: "Language",
    theme: "Colours",
    auto: "System",
    light: "Light",
    dark: "Dark",
    noWebGpu: "This browser can't compute on the GPU here",
    noWebGpuLead: "Graft trains with WebGPU, and this page found none. You can read on; to train:",
    insecure:
      "Open the page over https, or on this machine as http://localhost: browsers give WebGPU to secure pages only.",
    chrome: "Update the browser to version 113 or later.",
    acceleration:
      "Turn on “Use graphics acceleration when available” in the browser's system settings and start it anew.",
    linux:
      "On Linux, chrome://flags/#enable-unsafe-webgpu and #enable-vulkan have to be enabled with some drivers.",
    blocked:
      "See what chrome://gpu says about WebGPU: drivers that crash are blocked until they are updated.",
    firefox: "Update Firefox: version 141 has WebGPU on Windows, 145 on Macs with Apple's chips.",
    firefoxFlag:
      "Elsewhere, set dom.webgpu.enabled to true in about:config, or take Chrome or Edge.",
    safari: "Update to Safari 26 (macOS 26, iOS 26), which has WebGPU.",
    other:
      "Take a current Chrome or Edge (Windows, macOS, Linux, Android), Safari 26, or Firefox 141 on Windows.",
    detail: "What the browser said",
  },
  zh: {
    skip: "跳到正文",
    pages: "页面",
    start: "首页",
    studio: "工作室",
    examples: "示例",
    benchmark: "性能测试",
    docs: "文档",
    language: "语言",
    theme: "配色",
    auto: "跟随系统",
    light: "浅色",
    dark: "深色",
    noWebGpu: "此浏览器在这里无法使用 GPU 计算",
    noWebGpuLead: "Graft 用 WebGPU 训练，而本页没有找到它。您可以继续阅读；若要训练：",
    insecure:
      "请通过 https 打开本页，或在本机用 http://localhost 打开：浏览器只向安全页面提供 WebGPU。",
    chrome: "请将浏览器更新到 113 或更高版本。",
    acceleration: "请在浏览器的系统设置中打开“在可用时使用图形加速”，然后重新启动浏览器。",
    linux: "在 Linux 上，某些驱动需要启用 chrome://flags/#enable-unsafe-webgpu 和 #enable-vulkan。",
    blocked: "请查看 chrome://gpu 中关于 WebGPU 的说明：会崩溃的驱动在更新之前会被禁用。",
    firefox: "请更新 Firefox：Windows 上 141 版、Apple 芯片的 Mac 上 145 版带有 WebGPU。",
    firefoxFlag:
      "在其他系统上，请在 about:config 中把 dom.webgpu.enabled 设为 true，或改用 Chrome 或 Edge。",
    safari: "请更新到 Safari 26（macOS 26、iOS 26），它带有 WebGPU。",
    other:
      "请使用新版 Chrome 或 Edge（Windows、macOS、Linux、Android）、Safari 26，或 Windows 上的 Firefox 141。",
    detail: "浏览器的说明",
  },
});
