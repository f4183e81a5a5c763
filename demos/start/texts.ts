import { defineTexts } from "../shared/index.ts";

/** What the start page says. */
export const text = defineTexts({
  en: {
    title: "Teach a network that somebody already trained",
    lead: "Graft fine-tunes pretrained networks on any GPU that speaks WebGPU: in a browser tab or in Node, with PyTorch's words and PyTorch's numbers. No server, no Python, no build step.",
    studio: "Open the studio",
    guide: "A first fine-tune",
    playgroundShown:
      "The playground: accuracy of four ways to carry a network over to drawn digits, as curves and as a table",
    commands: "Two commands, from a folder of photos to a network with a report",
    commandsNote:
      "In photos/ there is one folder for each class. Node 20.19 or later; it runs without a GPU too, on a software adapter.",
    report:
      "A report: figures of a trained network with intervals, a confusion matrix, the worst mistakes with what spoke for them",
    reportNote: "One file without scripts or addresses, to read, print and pass on.",
    features: "What it can do",
    filesTitle: "Files of all kinds",
    files:
      "safetensors, PyTorch, Keras, TF.js, ONNX and NumPy in; the same out, with the architecture. Told by content, never run.",
    layersTitle: "Any layers",
    layers:
      "Replace the head, end the network earlier, freeze and unfreeze by name, train slowly or not at all. Or have the best way found by trying.",
    numbersTitle: "The same numbers",
    numbers:
      "Losses and every gradient agree with PyTorch, metrics with scikit-learn. Same seed, same adapter, same bits.",
    judgeTitle: "Judged, not praised",
    judge:
      "Intervals, calibration, confusion, the worst mistakes, and what in a picture spoke for them.",
    privateTitle: "Nothing leaves the tab",
    private:
      "Pictures, weights and the trained network stay on your machine. These pages work without a network once they were open.",
    ownTitle: "Yours to extend",
    own: "Layers, losses and metrics in TypeScript; ops with kernels in WGSL and a gradient rule beside them.",
    pages: "Try it here",
    studioTitle: "Studio",
    studioText:
      "Collect pictures, choose a network and its layers, train, understand, take it away.",
    examplesTitle: "Examples",
    examplesText: "Scripts of at most 50 lines, one an idea: read one and run it here.",
    playgroundTitle: "Playground",
    playgroundText:
      "One kind of digits, then another: four ways to carry a network over, side by side.",
    benchmarkTitle: "Benchmark",
    benchmarkText: "What this browser's GPU can do, and how near Graft's kernels come to it.",
    docsTitle: "Documentation",
    docsText: "Guides that a test runs, and every public name from its docstring.",
    shown: "What it has shown",
    shownNote:
      "Measured on two processor cores with a software adapter; how, and the rest of it, stands in README.",
    antsBees: "ants and bees, head of MobileNet v1 0.25",
    uspsLabel: "USPS with 20 digits a class, from MNIST (85.7 % from scratch)",
    vehicles: "CIFAR-10's vehicles, 90 a class, from its animals (PyTorch: 74.9 %)",
    download: "KB a page downloads (gzip) to train a VGG",
  },
  zh: {
    title: "教会一个别人训练好的网络",
    lead: "Graft 在任何支持 WebGPU 的显卡上微调预训练网络：在浏览器标签页或 Node 中，用 PyTorch 的术语，得到与 PyTorch 一致的数值。无需服务器，无需 Python，无需构建。",
    studio: "打开工作室",
    guide: "第一次微调",
    playgroundShown: "游乐场：把网络迁移到手绘数字的四种方式的准确率，以曲线和表格显示",
    commands: "两条命令，从照片文件夹到网络与报告",
    commandsNote:
      "photos/ 中每个类别一个文件夹。需要 Node 20.19 或更高版本；没有显卡也能在软件适配器上运行。",
    report: "一份报告：训练后网络的指标与区间、混淆矩阵、最严重的错误及其依据",
    reportNote: "单个文件，不含脚本和外部地址，可阅读、打印和转交。",
    features: "它能做什么",
    filesTitle: "各种文件",
    files:
      "读取 safetensors、PyTorch、Keras、TF.js、ONNX 和 NumPy；也能连同结构写出。按内容识别，从不执行。",
    layersTitle: "任意层",
    layers:
      "替换头部，提前截断网络，按名称冻结和解冻，慢慢训练或完全不训练。也可以通过尝试找出最佳方式。",
    numbersTitle: "相同的数值",
    numbers:
      "损失和每个梯度与 PyTorch 一致，指标与 scikit-learn 一致。相同种子、相同适配器，结果逐位相同。",
    judgeTitle: "评判而非夸耀",
    judge: "区间、校准、混淆、最严重的错误，以及图片中支持这些判断的部分。",
    privateTitle: "数据不离开标签页",
    private: "图片、权重和训练好的网络都留在您的机器上。这些页面打开过一次后，没有网络也能使用。",
    ownTitle: "可以扩展",
    own: "用 TypeScript 编写层、损失和指标；用 WGSL 编写带梯度规则的算子内核。",
    pages: "在这里试用",
    studioTitle: "工作室",
    studioText: "收集图片，选择网络及其层，训练，理解，带走。",
    examplesTitle: "示例",
    examplesText: "每个脚本至多 50 行，讲一个想法：读一读，就在这里运行。",
    playgroundTitle: "游乐场",
    playgroundText: "先学一种数字，再学另一种：并排比较迁移网络的四种方式。",
    benchmarkTitle: "性能测试",
    benchmarkText: "此浏览器的 GPU 能做什么，Graft 的内核离它有多近。",
    docsTitle: "文档",
    docsText: "由测试运行的指南，以及取自文档注释的每个公开名称。",
    shown: "已有的结果",
    shownNote: "在两个处理器核心的软件适配器上测得；方法和其余结果见 README。",
    antsBees: "蚂蚁与蜜蜂，MobileNet v1 0.25 的头部",
    uspsLabel: "USPS 每类 20 个数字，源自 MNIST（从头训练为 85.7 %）",
    vehicles: "CIFAR-10 的交通工具，每类 90 张，源自其动物（PyTorch：74.9 %）",
    download: "KB：训练 VGG 的页面的下载量（gzip）",
  },
});
