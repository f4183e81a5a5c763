import { defineTexts } from "../shared/index.ts";

/** What the studio says around its steps. */
export const text = defineTexts({
  en: {
    title: "Graft studio",
    lead: "Teach a network your own pictures, on your own GPU. Nothing leaves this tab.",
    steps: "Steps",
    collect: "Collect",
    choose: "Choose",
    train: "Train",
    understand: "Understand",
    takeAway: "Take away",
    looking: "looking for the GPU …",
    noGpu: "no WebGPU",
    elsewhere:
      "The studio is open in another tab, which keeps the project. What is done here isn't kept.",
    waiting:
      "The browser's storage, which keeps the project, hasn't answered yet. If it doesn't, close other tabs of the studio and load the page again.",
    putAway: "Put away",
    failed: (why: string) => `The worker couldn't be started: ${why}`,
  },
  zh: {
    title: "Graft 工作室",
    lead: "在您自己的 GPU 上，用您自己的图片教会一个网络。任何数据都不会离开这个标签页。",
    steps: "步骤",
    collect: "收集",
    choose: "选择",
    train: "训练",
    understand: "理解",
    takeAway: "带走",
    looking: "正在寻找 GPU……",
    noGpu: "没有 WebGPU",
    elsewhere: "工作室已在另一个标签页中打开，项目由它保存。在这里做的事不会被保存。",
    waiting:
      "保存项目的浏览器存储尚未响应。如果一直没有响应，请关闭其他工作室标签页，然后重新加载本页。",
    putAway: "知道了",
    failed: (why) => `无法启动工作线程：${why}`,
  },
});
