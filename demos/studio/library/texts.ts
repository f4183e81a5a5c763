import { defineTexts } from "../../shared/index.ts";

/** What a visitor can do about what the library reports: see `translate.ts`. */
export const text = defineTexts({
  en: {
    tooFew: (n: string) =>
      `${n} pictures are too few to hold some back for checking: collect more, or hold back a larger share.`,
    oneClass: (name: string) => `There is only one class, ${name}: nothing to tell apart.`,
    noneToTrain: (names: string) => `No picture is left to train on of: ${names}.`,
    oneToTrain: (names: string) => `Only one picture to train on of: ${names}.`,
    noneToCheck: (names: string) => `No picture to check with of: ${names}.`,
    lettersForPhotos:
      "The built-in network was trained on letters and knows little about photos. For these, choose one that was trained on photos, such as squeezenet1_1 or mobilenet_v1_0.25.",
    nothingFits: (file: string) => `${file}: none of its weights fits the network.`,
    unknownNetwork: (file: string) =>
      `${file}: these are weights, but which network they belong to can't be told. Give the file that describes it, too.`,
    diverged: (step: string) =>
      `The training diverged at step ${step}. Choose a lower learning rate, or have it found.`,
    lostGpu:
      "The browser lost the GPU (a driver that was reset, power saving, or too little memory). What was trained is kept: go on, perhaps with fewer pictures in a batch.",
    tooLarge: (need: string, limit: string) =>
      `This needs ${need} in one piece, and this GPU gives ${limit}: use fewer pictures in a batch, or a smaller network.`,
    brokenPicture: "not a picture that this browser can read, or a damaged one",
    otherPicture: (kind: string) =>
      `a picture in ${kind}, which this browser can't read; save it as JPEG or PNG`,
    webPage: (file: string) =>
      `${file}: this is a web page, not weights. The address may need a login, or lead to a page about the file.`,
    isPicture: (file: string) => `${file}: this is a picture, not weights.`,
    bareNumbers: (file: string) =>
      `${file}: these are the bare numbers of a TensorFlow.js model. Drop its model.json together with all its files.`,
    damaged: (file: string) =>
      `${file}: the file is damaged or incomplete. Download or save it again.`,
    unknownFormat: (file: string) =>
      `${file}: no weight file that is known here. There are safetensors, .pt, .h5, .keras, ONNX and TensorFlow.js.`,
    notBuilt: (file: string, layers: string) =>
      `${file}: its network has layers that can't be built here:${layers}`,
    other: (message: string) => message,
  },
  zh: {
    tooFew: (n) => `${n} 张图片太少，无法留出一部分用于检验：请收集更多，或提高留出的比例。`,
    oneClass: (name) => `只有一个类别 ${name}：没有什么可区分的。`,
    noneToTrain: (names) => `以下类别没有可用于训练的图片：${names}。`,
    oneToTrain: (names) => `以下类别只有一张可用于训练的图片：${names}。`,
    noneToCheck: (names) => `以下类别没有可用于检验的图片：${names}。`,
    lettersForPhotos:
      "内置网络是用字母训练的，对照片所知甚少。处理照片时，请选择用照片训练过的网络，例如 squeezenet1_1 或 mobilenet_v1_0.25。",
    nothingFits: (file) => `${file}：其中没有任何权重适合这个网络。`,
    unknownNetwork: (file) =>
      `${file}：这是权重，但无法判断属于哪个网络。请把描述网络的文件也一起给出。`,
    diverged: (step) => `训练在第 ${step} 步发散。请降低学习率，或让程序寻找学习率。`,
    lostGpu:
      "浏览器失去了 GPU（驱动重置、省电或内存不足）。已训练的内容仍然保存着：可以继续，也许要减少每批的图片数。",
    tooLarge: (need, limit) =>
      `这需要一整块 ${need} 的内存，而此 GPU 只提供 ${limit}：请减少每批的图片数，或使用较小的网络。`,
    brokenPicture: "不是此浏览器能读取的图片，或者已损坏",
    otherPicture: (kind) => `${kind} 格式的图片，此浏览器无法读取；请另存为 JPEG 或 PNG`,
    webPage: (file) => `${file}：这是网页，不是权重。该地址可能需要登录，或者指向介绍文件的页面。`,
    isPicture: (file) => `${file}：这是图片，不是权重。`,
    bareNumbers: (file) =>
      `${file}：这只是 TensorFlow.js 模型的数值。请把它的 model.json 和所有文件一起拖入。`,
    damaged: (file) => `${file}：文件已损坏或不完整。请重新下载或保存。`,
    unknownFormat: (file) =>
      `${file}：不是这里已知的权重文件。可用的有 safetensors、.pt、.h5、.keras、ONNX 和 TensorFlow.js。`,
    notBuilt: (file, layers) => `${file}：它的网络中有这里无法建立的层：${layers}`,
    other: (message) => `程序库的说明（英文）：${message}`,
  },
});
