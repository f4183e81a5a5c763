import { defineTexts } from "../shared/index.ts";

/** What the studio says. */
export const text = defineTexts({
  en: {
    title: "Teach a network your own pictures",
    lead: "Collect pictures, choose a network, fine-tune it on your own GPU, understand it and take it away. Nothing leaves this tab.",
  },
  zh: {
    title: "用您自己的图片教会一个网络",
    lead: "收集图片，选择网络，在您自己的 GPU 上微调，理解它，然后带走它。任何数据都不会离开这个标签页。",
  },
});
