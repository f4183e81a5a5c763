import { F, nn, type Tensor } from "../../src/index.ts";

/** The network of `python/network.py`, for files that hold weights alone. */
export class Net extends nn.Module {
  readonly inputShape = SHAPE;
  readonly conv1 = new nn.Conv2d(3, 8, 3, { stride: 2, padding: "same" });
  readonly norm1 = new nn.BatchNorm2d(8, { eps: 1e-3 });
  readonly depthwise = new nn.Conv2d(8, 16, 3, { padding: 1, groups: 8, bias: false });
  readonly norm2 = new nn.BatchNorm2d(16, { eps: 1e-3 });
  readonly pointwise = new nn.Conv2d(16, 12, 1);
  readonly conv2 = new nn.Conv2d(12, 10, 2);
  readonly drop = new nn.Dropout(0.3);
  readonly fc1 = new nn.Linear(60, 16);
  readonly fc2 = new nn.Linear(16, 6);

  override forward(image: Tensor): Tensor {
    let x = F.relu6(this.norm1.forward(this.conv1.forward(image)));
    x = F.relu(this.norm2.forward(this.depthwise.forward(x)));
    x = F.maxPool2d(F.relu(this.pointwise.forward(x)), { kernelSize: 2 });
    x = F.avgPool2d(F.relu(this.conv2.forward(x)), { kernelSize: 2, stride: 1 });
    x = this.drop.forward(x.flatten(1));
    return this.fc2.forward(F.relu(this.fc1.forward(x)));
  }
}

export const SHAPE = [3, 22, 15];

/** Keras 3 numbers layers by class in its files of weights alone. */
const KERAS_PATHS: Readonly<Record<string, string>> = {
  conv2d: "conv1",
  conv2d_1: "pointwise",
  conv2d_2: "conv2",
  batch_normalization: "norm1",
  batch_normalization_1: "norm2",
  depthwise_conv2d: "depthwise",
  dense: "fc1",
  dense_1: "fc2",
};

export function fromKerasPath(name: string): string {
  const [layer = "", role] = name.split(".");
  return `${KERAS_PATHS[layer] ?? layer}.${role}`;
}
