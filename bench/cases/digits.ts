/** How MNIST's and USPS' digits are brought to one form. */
import { data } from "webgraft";

const { transforms } = data;

export const toMnist = [transforms.rescale(), transforms.normalize(0.1307, 0.3081)];
/** USPS is 16×16 in −1..1: brought to MNIST's range, digit size and frame. */
export const toUsps = [
  transforms.rescale(0.5, 0.5),
  transforms.resize(20),
  transforms.pad(4),
  transforms.normalize(0.1307, 0.3081),
];
